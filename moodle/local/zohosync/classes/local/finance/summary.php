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

namespace local_zohosync\local\finance;

/**
 * What students owe and have paid, for the pages that show it.
 *
 * There is one account for each registration and currency, and one for each currency in which a student has paid for no
 * registration that is known (yet). Amounts of different currencies are never added.
 *
 * - Due: the registration's payment schedule; else the student's eight instalments, in the registration's currency, which count
 *   for one registration only (the newest that has no schedule); else the price less the discount percentage.
 * - Received: payments of the type "Study Fees" that are accepted and were not deleted; a refund is a negative one. All others
 *   are listed and do not count.
 * - A payment whose registration is not known counts for the student; it moves to the registration when that arrives.
 * - The balance is negative when too much was paid. What was received pays the earliest instalments first; an instalment is
 *   overdue from the day after its own, by the site's date.
 * - Mismatches tell where Zoho's sources disagree; nothing is corrected.
 *
 * Example:
 *
 *     foreach (\local_zohosync\local\finance\summary::of_student($userid) as $account) {
 *         echo $account->currency, $account->balance?->text();
 *     }
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class summary {
    /** @var string Type of the payments that count towards what is due. */
    public const TUITION = 'Study Fees';

    /** @var string Today by the site's clock, Y-m-d. */
    private readonly string $today;

    /**
     * Prepare for some students.
     *
     * @param records $records theirs
     */
    private function __construct(
        /** @var records theirs */
        private readonly records $records
    ) {
        $now = \core\di::get(\core\clock::class)->now();
        $this->today = $now->setTimezone(\core_date::get_server_timezone_object())->format('Y-m-d');
    }

    /**
     * The accounts of one student.
     *
     * @param int $userid her account in Moodle
     * @return account[] registrations oldest first, then what belongs to none; empty when there is nothing
     */
    public static function of_student(int $userid): array {
        return self::of_students([$userid])[$userid];
    }

    /**
     * The accounts of several students, read with the same few queries however many they are.
     *
     * @param int[] $userids their accounts in Moodle
     * @return array<int, account[]> as of_student(), by user id
     */
    public static function of_students(array $userids): array {
        $records = new records($userids);
        $summary = new self($records);
        $accounts = array_fill_keys($userids, []);
        foreach ($records->students as $userid => $studentid) {
            $accounts[$userid] = $summary->accounts($studentid);
        }
        return $accounts;
    }

    /**
     * The accounts of one student.
     *
     * @param string $studentid record id in Zoho
     * @return account[]
     */
    private function accounts(string $studentid): array {
        $registrations = array_column($this->records->registrations[$studentid] ?? [], null, 'zohoid');
        $paid = [];
        foreach ($registrations as $zohoid => $registration) {
            $paid[$zohoid][$registration->currency] = [];
        }
        $plan = $this->student_plan($studentid);
        $bearer = $plan ? $this->bearer($studentid) : null;
        if ($bearer === '') {
            $paid[''][$this->records->finance[$studentid]->currency] = [];
        }
        foreach ($this->records->payments[$studentid] ?? [] as $payment) {
            $zohoid = isset($registrations[$payment->registrationid]) ? $payment->registrationid : '';
            $paid[$zohoid][$payment->currency][] = $payment;
        }
        $accounts = [];
        foreach ($paid as $zohoid => $currencies) {
            $registration = $registrations[$zohoid] ?? null;
            foreach ($currencies as $currency => $payments) {
                $bears = (string) $zohoid === $bearer && $this->records->finance[$studentid]->currency === $currency;
                $accounts[] = $this->account($registration, $currency, $payments, $bears ? $plan : null);
            }
        }
        return $accounts;
    }

    /**
     * What the student's eight instalments say.
     *
     * @param string $studentid
     * @return plan|null null when they say nothing
     */
    private function student_plan(string $studentid): ?plan {
        $lines = $this->records->financelines[$studentid] ?? [];
        return $lines ? plan::of_lines(account::INSTALLMENTS, $lines) : null;
    }

    /**
     * The registration for which the student's eight instalments count.
     *
     * @param string $studentid
     * @return string|null record id of the newest of their currency that has no schedule, or of the only one of their currency;
     *     empty when there is none of their currency; null when all of several have schedules
     */
    private function bearer(string $studentid): ?string {
        $currency = $this->records->finance[$studentid]->currency;
        $registrations = array_filter(
            $this->records->registrations[$studentid] ?? [],
            fn($registration) => $registration->currency === $currency
        );
        $without = array_filter($registrations, fn($one) => empty($this->records->schedules[$one->zohoid]));
        if (count($registrations) > 1) {
            return $without ? end($without)->zohoid : null;
        }
        return $registrations ? reset($registrations)->zohoid : '';
    }

    /**
     * One account.
     *
     * @param \stdClass|null $registration null for payments for none that is known
     * @param string $currency
     * @param \stdClass[] $rows payments in this currency
     * @param plan|null $instalments what the student's eight instalments say, if they count here
     * @return account
     */
    private function account(?\stdClass $registration, string $currency, array $rows, ?plan $instalments): account {
        $payments = array_map([self::class, 'payment'], $rows);
        $received = money::zero();
        foreach ($payments as $payment) {
            $received = $payment->counts ? $received->plus($payment->amount) : $received;
        }
        $own = $registration && $registration->currency === $currency ? $registration : null;
        $plan = $this->due($own, $instalments);
        $balance = $plan->due?->minus($received);
        $installments = $plan->installments($received, $this->today);
        $late = array_filter($installments, fn($one) => $one->state === installment::OVERDUE);
        $open = array_filter($installments, fn($one) => $one->state === installment::OPEN);
        $is = fn(bool $tuition) => array_values(
            array_filter($payments, fn($payment) => ($payment->type === self::TUITION) === $tuition)
        );
        return new account(
            $registration->zohoid ?? '',
            $registration->number ?? '',
            $registration->programname ?? '',
            $registration->registrationdate ?? '',
            $registration->status ?? '',
            $currency,
            $plan->source,
            $plan->due,
            $received,
            $balance,
            array_reduce($late, fn($sum, $one) => $sum->plus($one->open), money::zero()),
            reset($open) ?: null,
            $installments,
            $is(true),
            $is(false),
            $own ? self::mismatches($own, $plan, $balance, $instalments) : self::foreign($registration, $received)
        );
    }

    /**
     * What is due, by the first source that says anything.
     *
     * @param \stdClass|null $registration
     * @param plan|null $instalments
     * @return plan
     */
    private function due(?\stdClass $registration, ?plan $instalments): plan {
        $schedule = $registration ? ($this->records->schedules[$registration->zohoid] ?? []) : [];
        if ($schedule) {
            return plan::of_lines(account::SCHEDULE, $schedule);
        }
        $price = $registration ? self::price($registration) : null;
        return $instalments ?? new plan($price ? account::PRICE : account::NONE, [], $price);
    }

    /**
     * The price of a registration less its discount.
     *
     * @param \stdClass $registration
     * @return money|null null when it has no price, or no such discount is possible
     */
    private static function price(\stdClass $registration): ?money {
        return $registration->price === null
            ? null
            : money::of($registration->price)->less(money::of($registration->discountpercentage ?? '0'));
    }

    /**
     * Where the sources disagree about a registration.
     *
     * @param \stdClass $registration
     * @param plan $plan what is due
     * @param money|null $balance
     * @param plan|null $instalments what the student's eight instalments say
     * @return mismatch[]
     */
    private static function mismatches(\stdClass $registration, plan $plan, ?money $balance, ?plan $instalments): array {
        $price = self::price($registration);
        $pairs = [
            mismatch::PRICE => [$plan->due, $price],
            mismatch::INSTALLMENTS => [$plan->due, $instalments?->due],
            mismatch::REMAINING => [$balance, $registration->remaining === null ? null : money::of($registration->remaining)],
        ];
        $found = [];
        foreach ($pairs as $kind => [$computed, $stated]) {
            if ($computed && $stated && !$computed->equals($stated)) {
                $found[] = new mismatch($kind, $computed, $stated);
            }
        }
        if (!$price && $registration->price !== null) {
            $found[] = new mismatch(
                mismatch::DISCOUNT,
                money::of($registration->price),
                money::of($registration->discountpercentage)
            );
        }
        return $found;
    }

    /**
     * Money that was received for a registration in another currency than its own.
     *
     * @param \stdClass|null $registration
     * @param money $received
     * @return mismatch[]
     */
    private static function foreign(?\stdClass $registration, money $received): array {
        return $registration && $received->sign() ? [new mismatch(mismatch::CURRENCY, money::zero(), $received)] : [];
    }

    /**
     * A payment as a page shows it.
     *
     * @param \stdClass $row
     * @return payment
     */
    private static function payment(\stdClass $row): payment {
        $amount = $row->amount === null ? null : money::of($row->amount);
        return new payment(
            $row->zohoid,
            $row->number,
            $row->paymentdate,
            $amount,
            $row->type,
            $row->method,
            $row->voucher,
            (int) $row->installmentno,
            (bool) $row->accepted,
            $amount && $row->accepted && $row->type === self::TUITION
        );
    }
}
