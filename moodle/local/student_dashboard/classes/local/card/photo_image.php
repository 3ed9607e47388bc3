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
use GdImage;

/**
 * A photo as a student uploads it, made into a small portrait that holds pixels and nothing else.
 *
 * The picture is drawn anew: what a file carries besides its pixels (the place where it was taken, a script behind the last
 * byte) does not get into the site.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class photo_image {
    /** @var int Width of the portrait, in pixels. */
    public const WIDTH = 480;

    /** @var int Height of the portrait, in pixels. */
    public const HEIGHT = 600;

    /** @var int Least width and height of what is uploaded, in pixels. */
    public const LEAST = 240;

    /** @var int Most pixels of what is uploaded: each takes some five bytes of memory to draw. */
    private const MOST = 50_000_000;

    /** @var int Quality of the JPEG. */
    private const QUALITY = 88;

    /** @var int[] Degrees, against the clock, by which a camera's orientation is put right; others are not. */
    private const TURNS = [3 => 180, 6 => 270, 8 => 90];

    /**
     * Makes the portrait: its middle in the proportions of a passport photo, on white.
     *
     * @param string $bytes the file as uploaded
     * @return string a JPEG of WIDTH x HEIGHT
     * @throws moodle_exception neither JPEG nor PNG, too small, too large, or damaged
     */
    public static function portrait(string $bytes): string {
        [$width, $height, $type] = @getimagesizefromstring($bytes) ?: [0, 0, 0];
        if (!in_array($type, [IMAGETYPE_JPEG, IMAGETYPE_PNG], true)) {
            throw new moodle_exception('photo:wrongtype', 'local_student_dashboard');
        }
        if ($width * $height > self::MOST) {
            throw new moodle_exception('photo:toolarge', 'local_student_dashboard');
        }
        if (min($width, $height) < self::LEAST) {
            throw new moodle_exception('photo:toosmall', 'local_student_dashboard', '', self::LEAST);
        }
        raise_memory_limit(MEMORY_EXTRA);
        $image = @imagecreatefromstring($bytes);
        if (!$image) {
            throw new moodle_exception('photo:unreadable', 'local_student_dashboard');
        }
        return self::jpeg(self::cut($image, $type === IMAGETYPE_JPEG ? self::turn($bytes) : 0));
    }

    /**
     * Reads by how much the camera was turned.
     *
     * @param string $bytes a JPEG
     * @return int degrees against the clock by which the picture is put right
     */
    private static function turn(string $bytes): int {
        if (!function_exists('exif_read_data')) {
            return 0;
        }
        $stream = fopen('php://temp', 'r+');
        fwrite($stream, $bytes);
        rewind($stream);
        $orientation = @exif_read_data($stream)['Orientation'] ?? 1;
        fclose($stream);
        return is_int($orientation) ? self::TURNS[$orientation] ?? 0 : 0;
    }

    /**
     * Cuts the middle out of a picture, and turns it upright.
     *
     * @param GdImage $image the picture as the file has it
     * @param int $turn degrees against the clock
     * @return GdImage WIDTH x HEIGHT
     */
    private static function cut(GdImage $image, int $turn): GdImage {
        // What is turned on its side is cut on its side.
        [$width, $height] = $turn % 180 ? [self::HEIGHT, self::WIDTH] : [self::WIDTH, self::HEIGHT];
        $scale = min(imagesx($image) / $width, imagesy($image) / $height);
        $fromwidth = (int) floor($width * $scale);
        $fromheight = (int) floor($height * $scale);
        $left = intdiv(imagesx($image) - $fromwidth, 2);
        $top = intdiv(imagesy($image) - $fromheight, 2);
        $portrait = imagecreatetruecolor($width, $height);
        imagefill($portrait, 0, 0, imagecolorallocate($portrait, 255, 255, 255));
        imagecopyresampled($portrait, $image, 0, 0, $left, $top, $width, $height, $fromwidth, $fromheight);
        return $turn ? imagerotate($portrait, $turn, 0) : $portrait;
    }

    /**
     * Writes a picture as JPEG.
     *
     * @param GdImage $image the picture
     * @return string
     */
    private static function jpeg(GdImage $image): string {
        $stream = fopen('php://temp', 'r+');
        imagejpeg($image, $stream, self::QUALITY);
        rewind($stream);
        return stream_get_contents($stream);
    }
}
