import datetime
import unittest

from tally.entries import Entry, EntryError, parse_amount, read_entries

HEADING = "date,category,amount,note"


class ParseAmountTest(unittest.TestCase):
    def test_whole_and_decimal_amounts(self):
        self.assertEqual(parse_amount("12"), 1200)
        self.assertEqual(parse_amount("12.50"), 1250)
        self.assertEqual(parse_amount("0.25"), 25)

    def test_decimal_comma_and_spaces(self):
        self.assertEqual(parse_amount(" 12,75 "), 1275)
        self.assertEqual(parse_amount("1 200.00"), 120000)

    def test_negative_amount(self):
        self.assertEqual(parse_amount("-5"), -500)

    def test_word_is_an_error(self):
        with self.assertRaises(ValueError):
            parse_amount("five")


class ReadEntriesTest(unittest.TestCase):
    def test_reads_rows_in_order(self):
        entries, _ = read_entries(
            [HEADING, "2024-02-01,Food,12.50,market", "2024-01-31, Rent ,700,"]
        )
        self.assertEqual(
            entries,
            [
                Entry(datetime.date(2024, 2, 1), "food", 1250, "market"),
                Entry(datetime.date(2024, 1, 31), "rent", 70000, ""),
            ],
        )

    def test_reports_rows_without_an_amount(self):
        entries, skipped = read_entries([HEADING, "2024-02-01,food,,", "2024-02-02,food,3,"])
        self.assertEqual(len(entries), 1)
        self.assertEqual(skipped, [2])

    def test_extends_the_list_it_is_given(self):
        skipped = [7]
        read_entries([HEADING, "2024-02-01,food,,"], skipped)
        self.assertEqual(skipped, [7, 2])

    def test_names_the_line_of_a_bad_row(self):
        with self.assertRaisesRegex(EntryError, "line 3"):
            read_entries([HEADING, "2024-02-01,food,1,", "yesterday,food,1,"])

    def test_notes_may_contain_commas(self):
        entries, _ = read_entries([HEADING, '2024-02-01,food,1,"bread, milk"'])
        self.assertEqual(entries[0].note, "bread, milk")
