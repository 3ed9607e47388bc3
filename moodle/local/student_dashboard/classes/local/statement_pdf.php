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

namespace local_student_dashboard\local;

use local_student_dashboard\output\statement;
use pdf;

defined('MOODLE_INTERNAL') || die();

require_once($CFG->libdir . '/pdflib.php');

/**
 * The statement of account as PDF.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class statement_pdf extends pdf {
    /** @var string Moodle's own font that has Latin and Arabic letters. */
    private const FONT = 'freeserif';

    /** @var int Margin, in millimetres. */
    private const MARGIN = 18;

    /**
     * Makes the document.
     *
     * @param statement $statement what is stated
     * @return string bytes of the PDF
     */
    public static function of(statement $statement): string {
        global $OUTPUT;
        $pdf = new self();
        $pdf->SetTitle(get_string('statement', 'local_student_dashboard'));
        $pdf->SetCreator('Moodle');
        $pdf->setPrintHeader(false);
        $pdf->setFooterFont([self::FONT, '', 8]);
        $pdf->SetMargins(self::MARGIN, self::MARGIN / 2, self::MARGIN);
        $pdf->SetAutoPageBreak(true, self::MARGIN);
        $pdf->setRTL(right_to_left());
        $pdf->SetFont(self::FONT, '', 10);
        $pdf->AddPage();
        $pdf->writeHTML(self::directed($OUTPUT->render($statement)));
        return $pdf->Output('', 'S');
    }

    /**
     * Says the direction of what stands for itself in a way that the maker of PDF knows.
     *
     * It knows neither the element bdi nor the mark of Arabic letters, for which the font has no sign either.
     *
     * @param string $html the statement
     * @return string
     */
    private static function directed(string $html): string {
        $isolated = preg_replace_callback(
            '~<bdi>(.*?)</bdi>~s',
            fn(array $found): string => preg_match('/[\x{0590}-\x{08FF}]/u', $found[1])
                ? $found[1]
                : "\u{202A}$found[1]\u{202C}",
            $html,
        );
        return str_replace("\u{061C}", '', $isolated);
    }

    // phpcs:disable moodle.NamingConventions.ValidFunctionName.LowercaseMethod
    /**
     * Numbers the pages; called by the maker of PDF.
     */
    public function Footer() {
        $this->SetY(-12);
        $pages = trim($this->getAliasNumPage()) . ' / ' . trim($this->getAliasNbPages());
        $this->Cell(0, 0, $pages, 0, 0, 'C');
    }
    // phpcs:enable
}
