"""Writes tepui.f90, the Fortran module, from the public headers: python3 src/fortran/write_module.py [--check]

Handles and texts are type(c_ptr); arrays are assumed-size, so that x(d, n) goes as it is; what may be null is optional.
"""

import argparse
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests" / "misuse"))
sys.dont_write_bytecode = True
from headers import Headers

HEAD = """\
! tepui from Fortran: every function and constant of the C interface, which its headers describe. Written from them by
! src/fortran/write_module.py.
!
! Handles and texts are type(c_ptr): tepui_string(text) is a text as a character string. Sizes are integer(c_int64_t).
! Samples and weights are contiguous: x(d, n), w(d, m). What may be null in C is optional here, to be left out (with
! keywords for what follows). Texts that go in end with c_null_char. Indices count from 0, as in C.
! Upper and lower case are the same here: constants named as a function is end in _KIND (TEPUI_REPORT_REAL_KIND).
module tepui
    use, intrinsic :: iso_c_binding
    implicit none
"""

TAIL = """\
    end interface

contains

    ! A text of the library, empty for a null pointer.
    function tepui_string(text) result(string)
        type(c_ptr), intent(in) :: text
        character(:), allocatable :: string
        character(kind=c_char), pointer :: letters(:)
        integer :: i
        interface
            integer(c_size_t) function c_strlen(letters) bind(c, name='strlen')
                import
                type(c_ptr), value :: letters
            end function
        end interface
        if (.not. c_associated(text)) then
            string = ''
            return
        end if
        call c_f_pointer(text, letters, [c_strlen(text)])
        allocate(character(size(letters)) :: string)
        do i = 1, size(letters)
            string(i:i) = letters(i)
        end do
    end function
end module
"""

SCALARS = {"int64_t": "integer(c_int64_t)", "int32_t": "integer(c_int32_t)", "double": "real(c_double)",
           "float": "real(c_float)", "size_t": "integer(c_size_t)"}

SINGLE = {"loss", "value", "lower", "upper", "count", "kind", "predicted", "verdict", "tolerance"}  # outputs of one number


def scalar(headers, base):
    if base in SCALARS:
        return SCALARS[base]
    if base in headers.enumerators or base == "tepui_status":
        return "integer(c_int32_t)"
    return None


def declaration(headers, function, parameter):
    name, base, stars = parameter.name, parameter.base, parameter.stars
    optional = ", optional" if function.nullable(parameter) != "no" else ""
    if base in headers.callbacks:
        return f"type(c_funptr), value :: {name}"
    if stars == 0:
        return f"{scalar(headers, base)}, value :: {name}"
    if base == "void" or (stars == 1 and base in headers.handles):
        return f"type(c_ptr), value :: {name}"
    if stars == 2:
        many = "(*)" if re.search(rf"\b{name}\[", function.text) and base in headers.handles else ""
        return f"type(c_ptr), intent(inout){optional} :: {name}{many}"
    if base == "char":
        return f"character(kind=c_char), intent(in){optional} :: {name}(*)"
    intent = "in" if parameter.const else "inout"  # where a call fails nothing is written
    elementwise = any(other.name == "first" for other in function.parameters)  # value[count] and derivatives
    if parameter.const or name not in SINGLE or elementwise:
        return f"{scalar(headers, base)}, intent({intent}){optional} :: {name}(*)"
    return f"{scalar(headers, base)}, intent(inout){optional} :: {name}"


def wrapped(line, indent):
    """At most 110 columns, broken after commas."""
    lines = []
    while len(line) > 110:
        cut = line.rindex(",", 0, 108) + 1
        lines.append(line[:cut] + " &")
        line = " " * (indent + 4) + line[cut:].lstrip()
    return "\n".join(lines + [line])


def interface(headers, function):
    names = ", ".join(parameter.name for parameter in function.parameters)
    returns = function.returns.removeprefix("const ")
    kind = "type(c_ptr)" if "*" in returns else scalar(headers, returns)
    if returns == "void":
        head, end = f"subroutine {function.name}({names}) bind(c)", "end subroutine"
    else:
        head, end = f"function {function.name}({names}) bind(c) result(answer)", "end function"
    lines = [wrapped(" " * 8 + head, 8), " " * 12 + "import"]
    lines += [" " * 12 + declaration(headers, function, parameter) for parameter in function.parameters]
    if returns != "void":
        lines.append(" " * 12 + f"{kind} :: answer")
    return "\n".join(lines + [" " * 8 + end])


def module():
    headers = Headers(root / "include" / "tepui")
    version = re.findall(r"define (TEPUI_VERSION_\w+) (\d+)", (root / "include/tepui/version.h").read_text())
    lines = [HEAD]
    for name, value in version:
        lines.append(f"    integer(c_int32_t), parameter :: {name} = {value}")
    for kind, constants in headers.enumerators.items():
        lines.append(f"\n    ! {kind}")
        for name, value in constants.items():
            taken = name.lower() in headers.functions
            lines.append(f"    integer(c_int32_t), parameter :: {name}{'_KIND' if taken else ''} = {value}")
    lines.append("\n    interface")
    lines += [interface(headers, function) for function in headers.functions.values()]
    return "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="only say whether the file is what this writes")
    path = root / "src" / "fortran" / "tepui.f90"
    if options.parse_args().check:
        if not path.exists() or path.read_text() != module():
            sys.exit("src/fortran/tepui.f90 is not what the headers say: python3 src/fortran/write_module.py writes it")
    else:
        path.write_text(module())
