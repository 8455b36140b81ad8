"""The layering check goes red when it should."""

import pathlib
import unittest

from check_layering import types_of, violations_in
from check_python_layering import a_circle, imports_of

ROOT = pathlib.Path(__file__).resolve().parents[2]


def found(module, text, room=""):
    return list(violations_in(module, pathlib.Path("src") / module / room / "sample.cpp", text, ROOT))


class Layering(unittest.TestCase):
    def test_arrows_forward_are_accepted(self):
        self.assertEqual(found("api", '#include "core/error.hpp"\n#include "tepui/status.h"\n#include <vector>\n'), [])
        self.assertEqual(found("network", '#include "kernels/activation.hpp"\n'), [])
        self.assertEqual(found("core", '#include "vocabulary/status.hpp"\n'), [])
        self.assertEqual(found("cli", '#include "vocabulary/solve.hpp"\n'), [])
        self.assertEqual(found("linalg", "#include <lapacke.h>\n#include <blis/blis.h>\n"), [])

    def test_arrows_backward_are_refused(self):
        self.assertEqual(len(found("vocabulary", '#include "core/sizes.hpp"\n')), 1)
        self.assertEqual(len(found("core", '#include "kernels/isa.hpp"\n')), 1)
        self.assertEqual(len(found("splitting", '#include "classification/point/analysis.hpp"\n')), 1)
        self.assertEqual(len(found("kernels", '  # include "linalg/blas.hpp"\n')), 1)
        self.assertEqual(len(found("kernels", "#include <tepui/network.h>\n")), 1)
        self.assertEqual(len(found("cli", '#include "network/model/network.hpp"\n')), 1)

    def test_types_for_all_to_see(self):
        hidden = "namespace {\n\nstruct Mine {\n};\n\n}  // namespace\n"
        text = f"namespace tepui {{\n{hidden}\nclass Sum final : public Base {{\n}};\nstruct Ahead;\n}}  // namespace tepui\n"
        self.assertEqual(list(types_of(text)), ["tepui::Sum"])

    def test_blas_belongs_to_linalg(self):
        for header in ("<blis.h>", "<lapacke.h>", "<blis/blis.h>", "<cblas.h>"):
            self.assertEqual(len(found("network", f"#include {header}\n")), 1, header)

    def test_mpfr_belongs_to_certify(self):
        for header in ("<mpfr.h>", "<gmp.h>", "<gmpxx.h>"):
            self.assertEqual(len(found("classification", f"#include {header}\n")), 1, header)
        self.assertEqual(found("certify", '#include <mpfr.h>\n#include "classification/point/analysis.hpp"\n'), [])
        self.assertEqual(len(found("certify", '#include "solve/solve.hpp"\n')), 1)

    def test_string_streams_tell_that_memory_ended(self):
        for module in ("cli", "core"):
            self.assertEqual(len(found(module, "#include <sstream>\n", "support")), 1)

    def test_rooms_have_an_order(self):
        point = '#include "classification/point/analysis.hpp"\n'
        self.assertEqual(found("classification", point, "any_network"), [])
        self.assertEqual(found("classification", point, "point"), [])
        self.assertEqual(len(found("classification", point, "spectrum")), 1)
        self.assertEqual(len(found("classification", point, "attic")), 1)
        self.assertEqual(len(found("cli", '#include "cli/trace/trace.hpp"\n', "critical_set")), 1)

    def test_circles_of_python_modules(self):
        self.assertIsNone(a_circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}))
        self.assertEqual(a_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c", "b"])
        text = "from . import x\nif TYPE_CHECKING:\n    from .y import Y\ndef f():\n    from tepui.z import Z\nimport numpy\n"
        self.assertEqual(imports_of(text, {"x": ""}), {"x", "y", "z"})
        self.assertEqual(imports_of("import tepui\n", {}), {"__init__"})


if __name__ == "__main__":
    unittest.main()
