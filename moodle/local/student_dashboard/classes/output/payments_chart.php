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

namespace local_student_dashboard\output;

use core\chart_bar;
use core\chart_series;
use local_student_dashboard\local\amount;
use local_zohosync\local\finance\account;
use local_zohosync\local\finance\money;

/**
 * What was received over time, drawn where a picture says more than the list does; each currency for itself.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class payments_chart {
    /** @var int Months with payments from which on a picture says more. */
    private const WORTH = 3;

    /** @var int Months in a picture; a longer time is drawn by years. */
    private const LONGEST = 24;

    /**
     * Draws what was received.
     *
     * @param account[] $accounts the student's
     * @return chart_bar[] one for each currency in which there is enough to draw
     */
    public static function of(array $accounts): array {
        $received = [];
        foreach ($accounts as $account) {
            foreach ($account->payments as $payment) {
                if ($payment->counts && preg_match('/^\d{4}-\d{2}/', $payment->date, $found)) {
                    $sum = $received[$account->currency][$found[0]] ?? money::zero();
                    $received[$account->currency][$found[0]] = $sum->plus($payment->amount);
                }
            }
        }
        $worth = array_filter($received, fn(array $months): bool => count($months) >= self::WORTH);
        return array_map(self::chart(...), array_keys($worth), $worth);
    }

    /**
     * Draws one currency.
     *
     * @param string $currency ISO 4217, may be empty
     * @param money[] $months what was received, by month (Y-m)
     * @return chart_bar
     */
    private static function chart(string $currency, array $months): chart_bar {
        ksort($months);
        $times = self::months((string) array_key_first($months), (string) array_key_last($months));
        if (count($times) > self::LONGEST) {
            $months = self::by_year($months);
            $times = range((int) array_key_first($months), (int) array_key_last($months));
        }
        $sums = array_map(fn(string|int $time): money => $months[$time] ?? money::zero(), $times);
        $series = new chart_series(
            get_string('figure:received', 'local_student_dashboard'),
            array_map(fn(money $sum): float => (float) $sum->text(), $sums),
        );
        $series->set_labels(array_map(fn(money $sum): string => amount::format($sum->text(), $currency), $sums));
        $chart = new chart_bar();
        $chart->set_title(get_string('chart:payments', 'local_student_dashboard', $currency));
        $chart->set_labels(array_map(self::label(...), $times));
        $chart->add_series($series);
        return $chart;
    }

    /**
     * Lists the months from one to another.
     *
     * @param string $first Y-m
     * @param string $last Y-m
     * @return string[] Y-m, none left out
     */
    private static function months(string $first, string $last): array {
        $months = [];
        for ($month = $first; $month <= $last; $month = date('Y-m', strtotime("$month-01 +1 month"))) {
            $months[] = $month;
        }
        return $months;
    }

    /**
     * Adds the months of each year.
     *
     * @param money[] $months by month (Y-m)
     * @return money[] by year
     */
    private static function by_year(array $months): array {
        $years = [];
        foreach ($months as $month => $sum) {
            $year = substr($month, 0, 4);
            $years[$year] = ($years[$year] ?? money::zero())->plus($sum);
        }
        return $years;
    }

    /**
     * Names a month, or a year.
     *
     * @param string|int $time Y-m or a year
     * @return string
     */
    private static function label(string|int $time): string {
        return is_int($time)
            ? (string) $time
            : userdate(strtotime("$time-15 UTC"), get_string('strftimemonthyear', 'langconfig'), 'UTC');
    }
}
