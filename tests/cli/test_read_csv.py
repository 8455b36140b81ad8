"""The reader of CSV tables: what each cell means, what is refused, and Python's own csv module and float beside it."""

import csv
import io
import math
import re
import struct
import unittest

from readers import TIMES, ReaderTest, ask, number, random_cases

GOOD = "u,v,y\n1,2,3\n2,1,5\n4,4,1\n"
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def bits(value):
    return struct.pack("<d", value)


class Numbers(unittest.TestCase):
    def check(self, texts):
        for text, answer in zip(texts, ask([{"what": "number", "text": text} for text in texts])):
            value = number(answer["result"])
            if DECIMAL.fullmatch(text):
                self.assertEqual(bits(value), bits(float(text)), text)
            else:
                self.assertIsNone(value, text)

    def test_at_and_beyond_the_ends_of_the_range(self):
        zeros = "0" * 320
        self.check(["1" + zeros + "e-12", "1" + "0" * 330 + "e-2", "1" + zeros + "e-320", "00000." + zeros + "01",
                    "-00000." + "0" * 400 + "1", "-1e-400", "-0", "-0.0e5", "1e400", "-1e999", "4.9e-324", "2e-324",
                    "-2.5e-324", "1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308",
                    "0e999999999999", "1e99999999999999999999", "1e-99999999999999999999", "0." + zeros + "1e325"])

    def test_what_is_no_number(self):
        self.check(["", "1\"2\"", "0x10", "1e", "1e+", "e5", ".", "+", "-", "+-1", "--1", "1 2", "1_0", "1,5", "1.2.3", "1f",
                    "٣", "00000.0..01", "1d5"])

    def test_random_texts(self):
        dice = random_cases(1)
        texts = []
        for _ in range(3000 * TIMES):
            digits = "".join(dice.choice("0123456789") for _ in range(dice.choice([1, 3, 17, 25, 400])))
            point = dice.randrange(len(digits) + 1)
            text = dice.choice(["", "-", "+"]) + digits[:point] + dice.choice(["", "."]) + digits[point:]
            if dice.random() < 0.7:
                text += dice.choice("eE") + dice.choice(["", "-", "+"]) + str(dice.choice([0, 5, 300, 310, 324, 345, 5000]))
            if dice.random() < 0.2:
                place = dice.randrange(len(text))
                text = text[:place] + dice.choice("0.e-+ x") + text[place + 1:]
            texts.append(text.strip())
        self.check(texts)


class Records(ReaderTest):
    def records(self, text, delimiter=","):
        return ask([{"what": "records", "file": self.write("t.csv", text), "delimiter": delimiter}])[0]

    @staticmethod
    def as_characters(rows):
        return [[field.encode().decode("latin1") for field in row] for row in rows]

    def test_round_trip_through_pythons_writer(self):
        dice = random_cases(2)
        pieces = ["a", "red", "1.5", '"', '""', ",", ";", "\t", "\n", "\r\n", " ", "#", "ß", "雨", "x y", "'", "\\", ""]
        requests, expected = [], []
        for case in range(200 * TIMES):
            quoting = dice.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])
            delimiter = dice.choice(",;\t|")
            rows = []
            for _ in range(dice.randrange(1, 6)):
                row = ["".join(dice.choice(pieces) for _ in range(dice.randrange(4))) for _ in range(dice.randrange(1, 5))]
                if quoting == csv.QUOTE_MINIMAL:  # unquoted blanks and # have meanings of their own
                    row = [field.replace("\t", "").replace("\r\n", "\n").strip().lstrip("# \n").rstrip() for field in row]
                rows.append(row)
            text = io.StringIO(newline="")
            # A line end of its own kind only is quoted by QUOTE_MINIMAL.
            end = dice.choice(["\n", "\r\n"] if quoting == csv.QUOTE_MINIMAL else ["\n", "\r\n", "\r"])
            csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
            content = text.getvalue()
            content = content[:-len(end)] if dice.random() < 0.3 else content
            content = dice.choice(["", "\ufeff"]) + content
            requests.append({"what": "records", "file": self.write(f"{case}.csv", content), "delimiter": delimiter})
            expected.append(self.as_characters(rows))
        for request, answer, rows in zip(requests, ask(requests), expected):
            self.assertEqual(answer.get("result", answer), rows, request)

    def test_any_soup_is_read_as_python_reads_it_or_refused(self):
        dice = random_cases(3)
        requests, texts = [], []
        for case in range(1000 * TIMES):
            texts.append("".join(dice.choice('aa1,,""\n\r') for _ in range(dice.randrange(1, 25))))
            requests.append({"what": "records", "file": self.write(f"{case}.csv", texts[-1]), "delimiter": ","})
        refused = 0
        for text, answer in zip(texts, ask(requests)):
            if "error" in answer:
                self.assertIn('"', text)
                self.assertRegex(answer["error"], r"\((line|row) \d+|line \d+\), column \d+")
                refused += 1
                continue
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            self.assertEqual(answer["result"], [row for row in rows if row], repr(text))
        self.assertLess(refused, 800 * TIMES)

    def test_quotes(self):
        self.assertEqual(self.records('a, "b" ,"c ""d"", e"\n')["result"], [["a", "b", 'c "d", e']])
        self.assertEqual(self.records('"two\nlines",x\n3,4\n')["result"], [["two\nlines", "x"], ["3", "4"]])
        for text, where in (('u,v\n1"2",3\n', "row 1 (line 2), column 1"), ('u,v\n1,"1"2"3\n', "row 1 (line 2), column 2"),
                            ('u,"v\n1,2\n', "header (line 1), column 2"), ('u,v\n\n"a"b,3\n', "row 1 (line 3), column 1")):
            self.assertIn(where, self.records(text)["error"])
        self.assertEqual(self.records('"1""2"\n')["result"], [['1"2']])

    def test_white_space(self):
        self.assertEqual(self.records("  a b\t c \n1  2   3\n\n", " ")["result"], [["a", "b", "c"], ["1", "2", "3"]])
        self.assertEqual(self.records('"a b" c\n', " ")["result"], [["a b", "c"]])

    def test_a_long_file(self):
        # Lines, comments and missing values across the blocks in which a file is read.
        dice = random_cases(4)
        lines, rows = ["a,b"], []
        for k in range(30000):
            if dice.random() < 0.1:
                lines.append("# " + "x" * dice.randrange(20))
            row = [dice.choice(["#N/A", str(k), '"' + "q" * dice.randrange(30) + '"']), str(k % 7)]
            lines.append(",".join(row))
            rows.append([row[0].strip('"'), row[1]])
        self.assertEqual(self.records("\r\n".join(lines))["result"], [["a", "b"]] + rows)


class Tables(ReaderTest):
    def test_the_good_table(self):
        result = self.read(GOOD)
        self.assertEqual((result["x"], result["y"], result["features"]), ([1, 2, 2, 1, 4, 4], [3, 5, 1], ["u", "v"]))

    def test_line_ends_byte_order_mark_and_missing_last_line_end(self):
        for end in ("\n", "\r\n", "\r"):
            for mark in ("", "\ufeff"):
                for last in (end, ""):
                    text = mark + GOOD.strip().replace("\n", end) + last
                    self.assertEqual(self.read(text)["x"], [1, 2, 2, 1, 4, 4], repr(text))

    def test_delimiters_are_found_out(self):
        for delimiter in (",", ";", "\t", " ", "   "):
            self.assertEqual(self.read(GOOD.replace(",", delimiter))["x"], [1, 2, 2, 1, 4, 4], repr(delimiter))
        self.assertEqual(self.read(GOOD.replace(",", "|"), delimiter="|")["x"], [1, 2, 2, 1, 4, 4])
        self.assertEqual(self.read("u, v, y\n1, 2, 3\n2, 1, 5\n")["x"], [1, 2, 2, 1])
        self.assertEqual(self.read("u\tv w\ty\n1\t2\t3\n\t\t\n1\t2\t4\n", drop_missing=True)["features"], ["u", "v w"])
        self.assertEqual(self.read('"a;b",v,y\n1,2,3\n1,2,4\n')["features"], ["a;b", "v"])
        self.refused("u;1,v;1,y;1\n1;1,2;2,3;3\n4;1,5;2,6;3\n", "--delimiter", "','", "';'", target="y;1")

    def test_decimal_comma(self):
        text = "u;v;y\n1,5;-2;,25\n-3,e2;1;5\n"
        self.assertEqual(self.read(text, decimal_comma=True)["x"], [1.5, -2, -300, 1])
        self.refused(text, '"1,5" is not a number', "--decimal-comma")
        self.refused("u;v;y\n1.5;2;3\n", '"1.5"', "--decimal-comma is given", decimal_comma=True)
        self.refused("u;v;y\n1.000,5;2;3\n", '"1.000,5" is not a number', decimal_comma=True)
        self.assertEqual(self.read('u,v,y\n"1,5",2,3\n1,2,4\n', decimal_comma=True, delimiter=",")["x"], [1.5, 2, 1, 2])
        self.assertEqual(self.read("u v y\n1,5 2 3\n1 2 4\n", decimal_comma=True)["x"], [1.5, 2, 1, 2])

    def test_a_first_row_of_numbers(self):
        text = "1,2,3\n2,1,5\n4,4,1\n"
        for first in (text, "NA,2,3\n" + text, '"1","2","3"\n' + text):
            self.refused(first, "line 1", "column names are expected", "--no-header", "--header", target="2")
        self.refused("# x y\n1 2\n3 4\n", "line 2", "--no-header")
        result = self.read(text, target="2", no_header=True)
        self.assertEqual((result["x"], result["y"], result["features"]), ([1, 2, 2, 1, 4, 4], [3, 5, 1], ["0", "1"]))
        self.assertEqual(self.read(text, target="-1", no_header=True)["y"], [3, 5, 1])
        self.assertEqual(self.read(text, target="3", header=True)["y"], [5, 1])
        self.refused(text, "from 0 to 2", target="y", no_header=True)
        self.refused("u,v,y\n1,2,3\n", 'row 1 (line 1), column "0": "u"', target="2", no_header=True)

    def test_comments(self):
        result = self.read("# made by hand\nu,v,y\n1,2,3\n  # 9,9,9\n#\n2,1,5\n# end")
        self.assertEqual((result["x"], result["comments"]), ([1, 2, 2, 1], 4))
        self.assertEqual(self.read('"#",v,y\n1,2,3\n2,3,4\n')["features"], ["#", "v"])

    def test_missing_values(self):
        words = ("", "NA", "na", "NaN", "nan", "-nan", "?", "null", "NULL", "N/A", "#N/A", '""', '"NA"', " ", ".")
        for word in words:
            for row in (f"{word},2,3", f"1,{word},3", f"1,2,{word}"):
                text = f"u,v,y\n1,2,3\n{row}\n2,1,5\n,,\n"
                self.refused(text, "2 of 4 rows have missing values", "row 2 (line 3)", "--missing drop")
                result = self.read(text, drop_missing=True)
                self.assertEqual((result["x"], result["y"], result["missing"]), ([1, 2, 2, 1], [3, 5], 2), row)
        self.refused("u,v,y\n1,2,3\n1,,3\n", "1 of 2 rows has missing values", 'column "v": empty')
        self.refused("u,v,y\n,2,3\n1,,3\n", "no row is left", drop_missing=True)
        # Only in columns that are used.
        self.assertEqual(self.read("u,v,y\n1,,3\n2,NA,4\n", features="u")["x"], [1, 2])
        self.refused("u,y,s\n1,2,1\n1,3,\n", 'column "s"', sample_weights="s")
        # What is wrong besides is said first.
        self.refused("u,v,y\n1,,3\n2,x,4\n", '"x" is not a number')
        for word in ("inf", "-Infinity", "1e999"):
            self.refused(f"u,v,y\n1,2,3\n1,2,{word}\n", word, "finite", drop_missing=True)

    def test_a_row_of_delimiters_is_no_blank_line(self):
        text = "u\tv\ty\n1\t2\t3\n\t\t\n2\t1\t5\n\n"
        self.refused(text, "1 of 3 rows", "row 2 (line 3)", delimiter="\t")
        self.assertEqual(self.read(text, delimiter="\t", drop_missing=True)["missing"], 1)

    def test_lines_are_counted_once_however_they_end(self):
        for end in ("\n", "\r\n", "\r"):
            self.refused(end.join(["u,y", "1,2", "2,x", ""]), "row 2 (line 3)")
            self.refused(end.join(["# notes", "u,y", "1,2", "", "2,x"]), "row 2 (line 5)")

    def test_names_matter_where_they_are_used(self):
        text = "u,u,,,y\n1,2,3,4,5\n2,3,4,5,6\n"
        self.refused(text, 'two columns are called "u"')
        self.refused("u,,y\n1,2,3\n", "column 2 has no name")
        self.refused(text, 'two columns are called "u"', features="u")
        self.refused(text, 'two columns are called "u"', target="u")
        self.assertEqual(self.read("u,z,z,,y\n1,2,3,4,5\n2,2,3,4,6\n", features="u")["x"], [1, 2])

    def test_text_and_categories(self):
        text = "u,colour,y\n1,red,3\n2, blue ,5\n4,red,1\n3,NA,2\n5,\"blue\",2\n"
        self.refused(text, '"red" is not a number', "--categorical colour", "--features")
        result = self.read(text, categorical="colour", drop_missing=True)
        self.assertEqual(result["features"], ["u", "colour=blue", "colour=red"])
        self.assertEqual(result["x"], [1, 0, 1, 2, 1, 0, 4, 0, 1, 5, 1, 0])
        self.assertEqual(result["missing"], 1)
        codes = "".join(f"{k % 12},{k}\n" for k in range(24))
        result = self.read("code,y\n" + codes, categorical="code")
        self.assertEqual(result["features"], [f"code={k}" for k in range(12)])
        self.assertEqual(sum(result["x"]), 24)
        # A value of rows that are left out makes no column.
        self.assertEqual(self.read("c,d,y\na,1,1\nb,,2\nc,2,3\n", categorical="c", drop_missing=True)["features"],
                         ["c=a", "c=c", "d"])
        self.refused(text, "none of the inputs", categorical="y", drop_missing=True)
        self.refused(text, 'no column "size" (--categorical)', categorical="size")
        self.refused("c,y\n" + "".join(f"n{k},{k}\n" for k in range(1001)), "more than 1000", categorical="c")
        answer = self.table("u,y\n1,low\n2,high\n")
        self.assertNotIn("--categorical", answer["error"])

    def test_lists_in_options(self):
        for text, items in (("a,b", ["a", "b"]), (' a , "b,c" ', ["a", "b,c"]), ('"a""b",c', ['a"b', "c"]),
                            ('1"2",3', ['1"2"', "3"]), ('"1"2"', ['"1"2"']), ("", [""]), ("a,", ["a", ""])):
            self.assertEqual(ask([{"what": "list", "text": text}])[0]["result"], items, text)

    def test_a_numpy_array_by_another_name(self):
        self.refused(b"\x93NUMPY\x01\x00v\x00{}", "its name has to end in .npy")

    def test_random_bytes(self):
        dice = random_cases(5)
        requests = []
        for case in range(800 * TIMES):
            if case % 2:
                content = bytearray(GOOD.encode() * 3)
                for _ in range(dice.randrange(1, 6)):
                    content[dice.randrange(len(content))] = dice.choice(b'",;\t\r\n# 1.eN\x00\xff')
            else:
                content = bytes(dice.randrange(256) for _ in range(dice.randrange(200)))
            requests.append({"what": "table", "file": self.write(f"{case}.csv", bytes(content)), "target": "y",
                             "drop_missing": dice.random() < 0.5, "no_header": dice.random() < 0.2})
        for answer in ask(requests):
            if "result" in answer:
                values = [number(text) for text in answer["result"]["x"] + answer["result"]["y"]]
                self.assertTrue(all(map(math.isfinite, values)))


if __name__ == "__main__":
    unittest.main()
