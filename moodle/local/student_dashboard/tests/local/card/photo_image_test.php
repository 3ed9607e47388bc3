<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_student_dashboard\local\card;

use core\exception\moodle_exception;

#[\PHPUnit\Framework\Attributes\CoversClass(photo_image::class)]
/**
 * Tests of the portrait that an upload becomes.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\card\photo_image
 */
final class photo_image_test extends \advanced_testcase {
    /** @var int[] Red. */
    private const RED = [255, 0, 0];

    /** @var int[] Blue. */
    private const BLUE = [0, 0, 255];

    /** @var int[] White. */
    private const WHITE = [255, 255, 255];

    /**
     * The middle of a broad picture stays, its sides go.
     */
    public function test_the_middle_is_cut_out(): void {
        $picture = self::picture(1200, 600, self::BLUE);
        imagefilledrectangle($picture, 400, 0, 799, 599, imagecolorallocate($picture, ...self::RED));

        $portrait = self::portrait(self::bytes($picture, 'imagepng'));

        $this->assertSame([photo_image::WIDTH, photo_image::HEIGHT], [imagesx($portrait), imagesy($portrait)]);
        $this->assertSame(self::RED, self::colour($portrait, 240, 300));
        $this->assertSame(self::BLUE, self::colour($portrait, 5, 300));
        $this->assertSame(self::BLUE, self::colour($portrait, 474, 300));
    }

    /**
     * The middle of a tall picture stays, top and bottom go; nothing is stretched.
     */
    public function test_a_tall_picture_is_not_stretched(): void {
        $picture = self::picture(400, 2000, self::BLUE);
        imagefilledrectangle($picture, 0, 900, 399, 1099, imagecolorallocate($picture, ...self::RED));

        $portrait = self::portrait(self::bytes($picture, 'imagepng'));

        // 200 of 400 pixels in height are 240 of 480: the square stays half as high as it is wide.
        $this->assertSame(self::RED, self::colour($portrait, 240, 300 - 110));
        $this->assertSame(self::RED, self::colour($portrait, 240, 300 + 110));
        $this->assertSame(self::BLUE, self::colour($portrait, 240, 300 - 130));
        $this->assertSame(self::BLUE, self::colour($portrait, 240, 300 + 130));
    }

    /**
     * What a camera held on its side has taken stands upright.
     *
     * @param int $orientation as the camera notes it
     * @param int[] $topleft colour of the corner
     * @param int[] $bottomright colour of the corner
     * @dataProvider orientations
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('orientations')]
    public function test_orientation_of_the_camera(int $orientation, array $topleft, array $bottomright): void {
        if (!function_exists('exif_read_data')) {
            $this->markTestSkipped('PHP has no exif extension here');
        }
        $turned = $orientation >= 5;
        $picture = $turned ? self::picture(600, 480, self::WHITE) : self::picture(480, 600, self::WHITE);
        imagefilledrectangle($picture, 0, 0, 150, 150, imagecolorallocate($picture, ...self::RED));

        $portrait = self::portrait(self::with_orientation(self::bytes($picture, 'imagejpeg'), $orientation));

        $this->assertSame([photo_image::WIDTH, photo_image::HEIGHT], [imagesx($portrait), imagesy($portrait)]);
        $this->assertEqualsWithDelta($topleft, self::colour($portrait, 20, 20), 8);
        $this->assertEqualsWithDelta($bottomright, self::colour($portrait, 459, 579), 8);
    }

    /**
     * Orientations: a red corner that the sensor saw top left.
     *
     * @return array[]
     */
    public static function orientations(): array {
        return [
            'upright' => [1, self::RED, self::WHITE],
            'upside down' => [3, self::WHITE, self::RED],
            'turned to the left: top right' => [6, self::WHITE, self::WHITE],
            'unknown' => [0, self::RED, self::WHITE],
        ];
    }

    /**
     * The two directions are not mixed up.
     */
    public function test_directions_of_turning(): void {
        if (!function_exists('exif_read_data')) {
            $this->markTestSkipped('PHP has no exif extension here');
        }
        $picture = self::picture(600, 480, self::WHITE);
        imagefilledrectangle($picture, 0, 0, 150, 150, imagecolorallocate($picture, ...self::RED));
        $bytes = self::bytes($picture, 'imagejpeg');

        $right = self::portrait(self::with_orientation($bytes, 6));
        $left = self::portrait(self::with_orientation($bytes, 8));

        $this->assertEqualsWithDelta(self::RED, self::colour($right, 459, 20), 8);
        $this->assertEqualsWithDelta(self::WHITE, self::colour($right, 20, 579), 8);
        $this->assertEqualsWithDelta(self::RED, self::colour($left, 20, 579), 8);
        $this->assertEqualsWithDelta(self::WHITE, self::colour($left, 459, 20), 8);
    }

    /**
     * Nothing of the file but its pixels is kept.
     */
    public function test_only_pixels_are_kept(): void {
        $bytes = self::bytes(self::picture(480, 600, self::BLUE), 'imagejpeg');
        $comment = 'taken at 33.51 N 36.27 E';
        $marked = substr($bytes, 0, 2) . "\xFF\xFE" . pack('n', strlen($comment) + 2) . $comment . substr($bytes, 2);
        $marked .= '<?php echo "hidden";';
        $this->assertSame(IMAGETYPE_JPEG, getimagesizefromstring($marked)[2], 'still a picture');

        $portrait = photo_image::portrait($marked);

        $this->assertStringNotContainsString('33.51', $portrait);
        $this->assertStringNotContainsString('<?php', $portrait);
        $this->assertSame(self::BLUE[2] > 200, self::colour(imagecreatefromstring($portrait), 200, 200)[2] > 200);
    }

    /**
     * What is transparent becomes white, not black.
     */
    public function test_transparent_is_white(): void {
        $picture = imagecreatetruecolor(480, 600);
        imagesavealpha($picture, true);
        imagefill($picture, 0, 0, imagecolorallocatealpha($picture, 0, 0, 0, 127));

        $portrait = self::portrait(self::bytes($picture, 'imagepng'));

        $this->assertSame(self::WHITE, self::colour($portrait, 240, 300));
    }

    /**
     * What is no photo is refused with a reason.
     *
     * @param string $bytes the file
     * @param string $code the reason
     * @dataProvider refused
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('refused')]
    public function test_refused(string $bytes, string $code): void {
        try {
            photo_image::portrait($bytes);
            $this->fail('It was taken');
        } catch (moodle_exception $e) {
            $this->assertSame($code, $e->errorcode);
        }
    }

    /**
     * Files that are refused.
     *
     * @return array[] bytes and reason
     */
    public static function refused(): array {
        $photo = self::bytes(self::picture(480, 600, self::RED), 'imagepng');
        $header = fn(int $width, int $height): string => substr_replace($photo, pack('NN', $width, $height), 16, 8);
        return [
            'nothing' => ['', 'photo:wrongtype'],
            'text' => ['not a picture', 'photo:wrongtype'],
            'drawing with a script' => ['<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'photo:wrongtype'],
            'another type of picture' => [self::bytes(self::picture(480, 600, self::RED), 'imagegif'), 'photo:wrongtype'],
            'narrow' => [self::bytes(self::picture(239, 600, self::RED), 'imagepng'), 'photo:toosmall'],
            'low' => [self::bytes(self::picture(600, 239, self::RED), 'imagepng'), 'photo:toosmall'],
            'a bomb: says that it is immense' => [$header(60000, 60000), 'photo:toolarge'],
            'only the beginning' => [substr($photo, 0, 60), 'photo:unreadable'],
        ];
    }

    /**
     * The least size is large enough.
     */
    public function test_least_size(): void {
        $bytes = self::bytes(self::picture(photo_image::LEAST, photo_image::LEAST, self::RED), 'imagejpeg');
        $this->assertSame(photo_image::HEIGHT, getimagesizefromstring(photo_image::portrait($bytes))[1]);
    }

    /**
     * Makes a picture of one colour.
     *
     * @param int $width in pixels
     * @param int $height in pixels
     * @param int[] $colour red, green, blue
     * @return \GdImage
     */
    private static function picture(int $width, int $height, array $colour): \GdImage {
        $picture = imagecreatetruecolor($width, $height);
        imagefill($picture, 0, 0, imagecolorallocate($picture, ...$colour));
        return $picture;
    }

    /**
     * Writes a picture.
     *
     * @param \GdImage $picture the picture
     * @param callable $write such as imagepng
     * @return string
     */
    private static function bytes(\GdImage $picture, callable $write): string {
        ob_start();
        $write($picture);
        return ob_get_clean();
    }

    /**
     * Makes the portrait and reads it.
     *
     * @param string $bytes the upload
     * @return \GdImage
     */
    private static function portrait(string $bytes): \GdImage {
        return imagecreatefromstring(photo_image::portrait($bytes));
    }

    /**
     * Gives the colour of a pixel, rounded to what a JPEG is sure to keep.
     *
     * @param \GdImage $picture the picture
     * @param int $x from the left
     * @param int $y from the top
     * @return int[] red, green, blue
     */
    private static function colour(\GdImage $picture, int $x, int $y): array {
        $colour = imagecolorsforindex($picture, imagecolorat($picture, $x, $y));
        $round = fn(int $part): int => $part > 245 ? 255 : ($part < 10 ? 0 : $part);
        return array_map($round, [$colour['red'], $colour['green'], $colour['blue']]);
    }

    /**
     * Notes in a JPEG how the camera was held.
     *
     * @param string $jpeg the picture
     * @param int $orientation the note
     * @return string
     */
    private static function with_orientation(string $jpeg, int $orientation): string {
        $entry = pack('vvVvv', 0x0112, 3, 1, $orientation, 0);
        $exif = "Exif\0\0II" . pack('vV', 42, 8) . pack('v', 1) . $entry . pack('V', 0);
        return substr($jpeg, 0, 2) . "\xFF\xE1" . pack('n', strlen($exif) + 2) . $exif . substr($jpeg, 2);
    }
}
