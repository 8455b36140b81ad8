"""The reader of .npy and .npz files beside NumPy's: what one reads the other reads, to the bit, or both refuse."""

import io
import re
import struct
import unittest
import warnings
import zipfile
from pathlib import Path

import numpy as np

from readers import TIMES, ReaderTest, ask, numbers, random_cases

TYPES = ["?", "i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8", "<f2", ">f2",
         "<f4", ">f4", "<f8", ">f8", "<f16", ">f16"]


# "f4,i2", "3f4": several values in one place, but also "f4,", which NumPy takes for one. No file has it; all are refused.
LISTED = re.compile(r"has dtype [<>=|]?([0-9]|[^;]*[,(])")


def same(one, other):
    one, other = np.asarray(one, float), np.asarray(other, float)
    return one.shape == other.shape and bool(np.all((one == other) & (np.signbit(one) == np.signbit(other)) |
                                                    np.isnan(one) & np.isnan(other)))


def file_of(header, values=b"", version=1, length=None):
    """A .npy file, valid or not."""
    header = header if isinstance(header, bytes) else header.encode("latin1")
    length = len(header) if length is None else length
    size = struct.pack("<H" if version == 1 else "<I", length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + values


def numpy_reads(path):
    """The array as NumPy reads it; None where it refuses, or where it warns that it will. A structured one stays so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            array = np.load(path, allow_pickle=False)
        with open(path, "rb") as file:
            version = np.lib.format.read_magic(file)
            dtype = np.lib.format._read_array_header(file, version)[2]
        return array if dtype.subdtype is None else array.view("V1")
    except Exception:
        return None


class ArrayTest(ReaderTest):
    def arrays(self, contents, what="array"):
        requests = [{"what": what, "file": self.write(f"{i}.npy", content)} for i, content in enumerate(contents)]
        return list(zip(requests, ask(requests)))

    def read_as_numpy(self, contents, names=None):
        for i, (request, answer) in enumerate(self.arrays(contents)):
            expected = np.load(request["file"])
            self.assertIn("result", answer, (answer, names and names[i], contents[i][:200]))
            result = np.array(numbers(answer["result"]["values"])).reshape(answer["result"]["shape"])
            with np.errstate(all="ignore"):
                self.assertTrue(same(result, expected.astype(float)), contents[i][:200])

    def refused(self, content, *words):
        answer = self.arrays([content])[0][1]
        self.assertIn("error", answer)
        for word in words:
            self.assertIn(word, answer["error"])

    @staticmethod
    def saved(array, version=None):
        content = io.BytesIO()
        np.lib.format.write_array(content, array, version)
        return content.getvalue()


class ValidFiles(ArrayTest):
    def test_every_type_order_shape_and_format(self):
        dice = np.random.default_rng(1)
        contents = []
        for kind in TYPES:
            long = [(700, 101)] if kind in ("<f8", ">i2") else []  # longer than what is read at once
            for shape in [(), (0,), (1,), (5,), (3, 2), (1, 3), (3, 1), (0, 4), (40, 11)] + long:
                size = int(np.prod(shape))
                raw = dice.integers(0, 256, size * np.dtype(kind).itemsize, np.uint8)
                if np.dtype(kind).itemsize == 16 and size < 70000:  # of bits that are a number
                    array = (dice.normal(size=size) * 10.0 ** dice.integers(-300, 300, size)).astype(kind)
                elif kind in ("i8", "<f8"):
                    array = dice.normal(size=size).astype(kind)
                elif np.dtype(kind).itemsize == 16:
                    continue
                else:
                    array = raw.view(kind)
                array = array.reshape(shape)
                for version in ((1, 0), (2, 0), (3, 0)):
                    contents.append(self.saved(array, version))
                contents.append(self.saved(np.asfortranarray(array)))
        self.read_as_numpy(contents)

    def test_every_half_and_every_boolean(self):
        halves = np.arange(65536, dtype=np.uint16)
        self.read_as_numpy([self.saved(halves.view("<f2")), self.saved(halves.view(">f2")),
                            self.saved(np.arange(256, dtype=np.uint8).view(bool))])

    def test_headers_that_are_written_otherwise(self):
        values = np.arange(1.0, 7.0).tobytes()
        entries = ["'descr': '<f8'", "'fortran_order': False", "'shape': (2, 3)"]
        headers = ["{" + ", ".join(entries) + ", }", "{" + ", ".join(entries[::-1]) + "}",
                   "{'shape':(2,3),'descr':'<f8','fortran_order':False}\n", '{"descr": "<f8", "fortran_order": False, "shape": (6,)}',
                   "{'descr': '<i2', " + ", ".join(entries) + "}", "{" + ", ".join(entries) + ", 'descr': '<i8'}",
                   "{" + ", ".join(entries) + ", 'shape': (3, 2), 'fortran_order': True}", " \t{" + ", ".join(entries) + "}  ",
                   "{" + ",\n ".join(entries) + "}\n\n", "({" + ", ".join(entries) + "})", "{'descr': '<' 'f8', 'fortran_order': (False),"
                   " 'shape': (0x2, 0b11)}  # a comment", "{'descr': 'float64', 'fortran_order': False, 'shape': (1, 0o6)}",
                   "{'descr': 'd', 'fortran_order': False, 'shape': (+6,)}", "{'descr': u'|u1', 'fortran_order': False, 'shape': (4_8,)}",
                   "{'descr': '>q', 'fortran_order': False, 'shape': ()}", "{'descr': '=f', 'fortran_order': True, 'shape': (00,)}",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (6,)}".ljust(5000) + "\n"]
        contents = [file_of(header, values, version) for header in headers for version in (1, 2, 3)]
        # Long integers as Python 2 wrote them.
        contents.append(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L)}", values))
        self.read_as_numpy(contents)

    def test_files_in_place(self):
        table = np.arange(6.0).reshape(2, 3)
        values = table.tobytes()
        plain = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}"
        contents = [self.saved(table), self.saved(table.astype("f4")), file_of(plain.ljust(502 - 256), values),
                    self.saved(table) + b"more",
                    # Not these: another order, type or place, cut short.
                    self.saved(np.asfortranarray(table)), self.saved(table.astype(">f8")), self.saved(table.astype(int)),
                    file_of(plain, values), self.saved(table)[:-1], self.saved(table[0]), self.saved(table[:0]), b"", b"\x93NUM"]
        for i, (_, answer) in enumerate(self.arrays(contents, "mapped")):
            result = answer["result"]
            self.assertEqual(result is not None, i < 4, contents[i])
            if result:
                self.assertTrue(same(np.array(numbers(result["values"])).reshape(result["shape"]), table))


class RefusedFiles(ArrayTest):
    def test_shapes_beyond_the_file(self):
        for shape in ("(274177, 67280421310721)", "(2305843009213693953, 8)", "(200000000, 2)", "(9223372036854775807,)",
                      "(18446744073709551617, 1)", "(99999999999999999999999, 0)", "(0, 9223372036854775807)", "(9, 1)"):
            for version in (1, 2, 3):
                header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
                self.refused(file_of(header.ljust(117) + "\n", bytes(64), version))

    def test_headers(self):
        good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}"
        for header in ("", "{", "{}", "[]", "1", good[:-1], good + "x", good.replace(":", ""), good.replace("'descr': ", "'descr' "),
                       good.replace("(1,)", "1"), good.replace("(1,)", "[1]"), good.replace("(1,)", "(1)"), good.replace("(1,)", "(-1,)"),
                       good.replace("(1,)", "(1.0,)"), good.replace("(1,)", "(True,)"), good.replace("False", "0"), good.replace("False", "'False'"),
                       good.replace("}", ", 'more': 1}"), good.replace("'descr': '<f8', ", ""), "(" * 100000 + ")" * 100000,
                       "{'descr':" * 10000, good.replace("'<f8'", "3"), good.replace("'<f8'", "None")):
            self.refused(file_of(header, bytes(8), 2), "header")
        self.refused(file_of(good, bytes(8), 2, 2**32 - 1))
        self.refused(file_of(good, bytes(8), 1, 60000), "cut short")
        self.refused(file_of(good, bytes(8), 4), "format 4.0")
        self.refused(file_of(good, bytes(7)), "cut short", "(1,)")
        for start in (b"", b"\x93NUMPY", b"PK\x03\x04", b"hello, I am no array"):
            self.refused(start, "no .npy file")

    def test_types(self):
        for array, word in ((np.array(["a"]), "text"), (np.array([b"a"]), "text"), (np.array([1j]), "complex"),
                            (np.array([1], "M8[s]"), "dates"), (np.zeros(1, [("x", float)]), "structured"),
                            (np.zeros(1, "V8"), "structured"), (np.array([None]), "objects"),
                            (np.zeros(1, [("x", float, (2,)), ("y", [("z", "i2")])]), "structured")):
            self.refused(self.saved(array), word, "real numbers, integers or booleans")
        for descr in ("<f3", "<f", "f8,f8", "<", "", "i16", "<u3", "b2", "float", "<float64"):
            header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,)}}"
            path = self.write("t.npy", file_of(header, bytes(16)))
            read = numpy_reads(path)
            expected = read is not None and read.dtype.kind in "biuf"
            self.assertEqual("result" in ask([{"what": "array", "file": path}])[0], expected, descr)
        self.refused(self.saved(np.zeros((1, 1, 1))), "(1, 1, 1)", "two axes")


class Mutations(ArrayTest):
    def test_mutated_files_are_read_as_numpy_reads_them_or_refused(self):
        dice = random_cases(2)
        alphabet = b"'\"{}()[],:<>=| \n\\#0123456789-+LuUbfiOVSFalseTruedc\x00\xff"
        contents = []
        for _ in range(1500 * TIMES):
            array = np.arange(1, 13).astype(dice.choice(TYPES[:-2])).reshape(dice.choice([(12,), (3, 4), (12, 1), (4, 3)]))
            if dice.random() < 0.3:
                array = np.asfortranarray(array)
            content = bytearray(self.saved(array, dice.choice([(1, 0), (2, 0), (3, 0)])))
            head = content.index(b"}") + 1
            for _ in range(dice.choice([1, 1, 1, 2, 3])):
                place = dice.choice([dice.randrange(10, head), dice.randrange(10, head), dice.randrange(len(content))])
                change = dice.randrange(4)
                if change == 0:
                    content[place] = dice.choice(alphabet)
                elif change == 1:
                    content[place] = content[dice.randrange(10, head)]
                elif change == 2:  # swap neighbours: the length stays
                    content[place - 1], content[place] = content[place], content[place - 1]
                elif dice.random() < 0.2:
                    del content[dice.randrange(len(content)):]
                    break
                else:
                    content[place] = dice.randrange(256)
            contents.append(bytes(content))
        read = 0
        for content, (request, answer) in zip(contents, self.arrays(contents)):
            expected = numpy_reads(request["file"])
            self.assertTrue("error" in answer or expected is not None, (content, answer))
            if LISTED.search(answer.get("error", "")):
                continue
            if expected is not None and expected.dtype.kind in "biuf" and b"-" not in content[:content.find(b"}")]:
                self.assertIn("result", answer, (content, answer))
                with np.errstate(all="ignore"):
                    self.assertTrue(same(np.array(numbers(answer["result"]["values"])).reshape(answer["result"]["shape"]),
                                         expected.astype(float)), content)
                read += 1
            elif expected is not None and expected.dtype.kind not in "biuf":
                self.assertIn("error", answer, content)
        self.assertGreater(read, len(contents) // 10)
        self.assertLess(read, len(contents) * 9 // 10)

    def test_random_bytes(self):
        dice = random_cases(3)
        contents = [b"\x93NUMPY" * (k % 2) + bytes([dice.choice([1, 2, 3]), 0]) * (k % 2) + bytes(dice.randrange(256) for _ in range(
            dice.randrange(300))) for k in range(1000 * TIMES)]
        for what in ("array", "mapped"):
            for _, answer in self.arrays(contents, what):
                self.assertTrue("error" in answer or answer["result"] is None, answer)


class Archives(ArrayTest):
    def archive(self, save=np.savez, **arrays):
        path = self.directory / "net.npz"
        save(path, **arrays)
        return str(path)

    def member(self, path):
        return ask([{"what": "array", "file": path}])[0]

    def test_members_by_name(self):
        arrays = {"X": np.arange(600.0).reshape(200, 3), "y": np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3)), "a b": np.ones(())}
        for save in (np.savez, np.savez_compressed):
            path = self.archive(save, **arrays)
            for name, array in arrays.items():
                for spelled in (name, name + ".npy"):
                    result = self.member(f"{path}:{spelled}")["result"]
                    self.assertTrue(same(np.array(numbers(result["values"])).reshape(result["shape"]), array))
            self.assertIn("X, y, a b", self.member(path)["error"])
            self.assertIn('no array "Z"', self.member(path + ":Z")["error"])
            self.assertIn("name of an array", self.member(path + ":")["error"])
        only = self.archive(X=arrays["X"])
        self.assertEqual(self.member(only)["result"]["shape"], [200, 3])
        self.assertIn("no such file", self.member(str(self.directory / "none.npz") + ":X")["error"])
        self.assertIn("no .npz archive", self.member(self.write("text.npz", "hello") + ":X")["error"])
        with zipfile.ZipFile(self.directory / "other.npz", "w") as archive:
            archive.writestr("readme.txt", "hello")
        self.assertIn("holds no arrays", self.member(str(self.directory / "other.npz"))["error"])

    def test_the_last_of_two_of_one_name_counts(self):
        path = self.directory / "two.npz"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with zipfile.ZipFile(path, "w") as archive:
                for value in (1.0, 2.0):
                    archive.writestr("X.npy", self.saved(np.array([value])))
        self.assertEqual(numbers(self.member(f"{path}:X")["result"]["values"]), list(np.load(path)["X"]))

    def test_methods_that_numpy_does_not_write(self):
        path = self.directory / "b.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
            archive.writestr("X.npy", self.saved(np.ones(3)))
        self.assertIn("deflate", self.member(f"{path}:X")["error"])

    def test_damage_is_noticed(self):
        dice = random_cases(4)
        requests, expected = [], np.arange(40.0) * 1.1
        for case in range(400 * TIMES):
            content = bytearray(Path(self.archive(dice.choice([np.savez, np.savez_compressed]), X=expected)).read_bytes())
            for _ in range(dice.choice([1, 1, 2, 5])):
                content[dice.randrange(len(content))] = dice.randrange(256)
            if dice.random() < 0.2:
                del content[dice.randrange(len(content)):]
            requests.append({"what": "array", "file": self.write(f"{case}.npz", bytes(content)) + ":X"})
        read = 0
        for answer in ask(requests):
            if "result" in answer:
                self.assertTrue(same(numbers(answer["result"]["values"]), expected))
                read += 1
        self.assertLess(read, 300 * TIMES)

    def test_sizes_that_cannot_be(self):
        content = bytearray(Path(self.archive(np.savez_compressed, X=np.zeros(1000))).read_bytes())
        central = content.rindex(b"PK\x01\x02")
        for size in (2**31, 2**32 - 2):
            content[central + 24:central + 28] = struct.pack("<I", size)
            self.assertIn("contradict", self.member(self.write("big.npz", bytes(content)) + ":X")["error"])


class Tables(ReaderTest):
    def saved_table(self, array, name="t.npy", **options):
        np.save(self.directory / name, array)
        return ask([{"what": "table", "file": str(self.directory / name), "target": "-1", **options}])[0]

    def test_missing_values(self):
        table = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0], [7.0, 8.0, 9.5], [1.0, 1.0, np.nan]])
        for array in (table, table.astype("f4"), np.asfortranarray(table), table.astype(">f8")):
            self.assertIn("2 of 4 rows have missing values", self.saved_table(array)["error"])
            self.assertIn("[1, 1] is nan", self.saved_table(array)["error"])
            result = self.saved_table(array, drop_missing=True)["result"]
            self.assertEqual((numbers(result["x"]), numbers(result["y"]), result["missing"]), ([1, 2, 7, 8], [3, 9.5], 2))
            result = self.saved_table(array, features="0", target="1", drop_missing=True)["result"]
            self.assertEqual(numbers(result["x"]), [1, 7, 1])
        np.save(self.directory / "y.npy", np.array([1, np.nan, 2, 3]))
        options = {"y": str(self.directory / "y.npy"), "target": "", "drop_missing": True}
        result = self.saved_table(table[:, :1], **options)["result"]
        self.assertEqual((numbers(result["x"]), numbers(result["y"]), result["in_place"]), ([1, 7, 1], [1, 2, 3], False))
        table[0, 0] = np.inf
        self.assertIn("[0, 0] is not a finite number", self.saved_table(table, drop_missing=True)["error"])

    def test_in_place(self):
        table = np.arange(12.0).reshape(4, 3)
        self.assertTrue(self.saved_table(table)["result"]["in_place"])
        self.assertTrue(self.saved_table(table, features="0,1")["result"]["in_place"])
        self.assertFalse(self.saved_table(table, features="1,0")["result"]["in_place"])
        self.assertFalse(self.saved_table(table, target="1")["result"]["in_place"])

    def test_categories_and_archives(self):
        table = np.array([[3, 1, 5], [10, 2, 6], [3, 3, 7]])
        result = self.saved_table(table, categorical="0")["result"]
        self.assertEqual(result["features"], ["0=3", "0=10", "1"])
        self.assertEqual(numbers(result["x"]), [1, 0, 1, 0, 1, 2, 1, 0, 3])
        path = self.directory / "data.npz"
        np.savez_compressed(path, X=table[:, :2], y=table[:, 2])
        answer = ask([{"what": "table", "file": f"{path}:X", "y": f"{path}:y"}])[0]["result"]
        self.assertEqual((numbers(answer["x"]), numbers(answer["y"])), ([3, 1, 10, 2, 3, 3], [5, 6, 7]))

    def test_shapes(self):
        for array, shape in ((np.arange(4.0), "(4,)"), (np.ones(()), "()"), (np.ones((0, 3)), "(0, 3)"), (np.ones((3, 0)), "(3, 0)")):
            error = self.saved_table(array)["error"]
            self.assertIn("has shape " + shape, error)
            self.assertIn("non-empty 2-D array", error)


if __name__ == "__main__":
    unittest.main()
