"""The library through ctypes: calls whose arrays end where memory ends, and whose outputs hold a pattern beforehand."""

import ctypes
import math

PATTERN = 0xA5
ELEMENTS = {"double": ctypes.c_double, "float": ctypes.c_float, "int64_t": ctypes.c_int64, "int32_t": ctypes.c_int32}


class Library:
    def __init__(self, path, harness, headers):
        self.headers = headers
        self.harness = ctypes.CDLL(harness)
        for name, result, *arguments in (
                ("array", ctypes.c_void_p, ctypes.c_size_t), ("lock", ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t),
                ("live_blocks", ctypes.c_int64), ("allocations", ctypes.c_int64), ("refuse_from", None, ctypes.c_int64),
                ("refuse_one", None, ctypes.c_int64), ("turns", None, ctypes.c_int32, ctypes.c_int64, ctypes.c_int32),
                ("taken", ctypes.c_int64, ctypes.c_int32), ("step_clock", None, ctypes.c_int32)):
            function = getattr(self.harness, "harness_" + name)
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)
        library = ctypes.CDLL(path)
        self.entries = {function.name: self.entry(library, function) for function in headers.functions.values()}
        self.statuses = {value: name for name, value in headers.enumerators["tepui_status"].items()}

    def scalar(self, base):
        return ELEMENTS.get(base) or {"size_t": ctypes.c_size_t, "void": None}.get(base, ctypes.c_int32)

    def entry(self, library, function):
        entry = getattr(library, function.name)
        entry.restype = (ctypes.c_char_p if function.returns == "const char*" else ctypes.c_void_p if "*" in function.returns
                         else self.scalar(function.returns))
        entry.argtypes = [ctypes.c_void_p if one.stars or one.base in self.headers.callbacks else self.scalar(one.base)
                          for one in function.parameters]
        return entry

    def callback(self, name):
        return ctypes.cast(getattr(self.harness, "harness_" + name), ctypes.c_void_p).value

    def locked(self, kind, values):
        """The address of a read-only array."""
        data = bytes((kind * len(values))(*values))
        address = self.array(len(data))
        ctypes.memmove(address, data, len(data))
        if self.lock(address, len(data)) != 0:
            raise OSError("mprotect")
        return address

    def message(self, context):
        return self.entries["tepui_context_message"](context).decode("utf-8", "backslashreplace")

    def destroyer(self, handle):
        return self.entries[f"{handle}_destroy"]

    def accessors(self, handle):
        """Functions that ask a handle for a value and need nothing else."""
        return [function for function in self.headers.functions.values()
                if len(function.parameters) == 1 and function.parameters[0].base == handle and function.parameters[0].const
                and function.returns != "tepui_status"]


class Output:
    """Memory for an output argument."""

    def __init__(self, library, parameter, elements):
        self.parameter = parameter
        kind = ctypes.c_void_p if parameter.stars == 2 or parameter.base in library.headers.handles else library.scalar(parameter.base)
        self.elements, self.size = elements, elements * ctypes.sizeof(kind)
        self.address = library.array(self.size)
        self.pattern = bytes([PATTERN]) * self.size

    def reset(self):
        ctypes.memset(self.address, PATTERN, self.size)

    def bytes(self):
        return ctypes.string_at(self.address, self.size)

    def pointers(self):
        return list((ctypes.c_void_p * self.elements).from_address(self.address))


class Call:
    """A function with an argument for each parameter: numbers, addresses, or Output."""

    def __init__(self, library, function, arguments):
        self.library, self.function = library, function
        self.arguments = arguments  # by name
        self.outputs = [value for value in arguments.values() if isinstance(value, Output)]
        self.made_by = [output for output in self.outputs if output.parameter.stars == 2 and not output.parameter.const
                        and output.parameter.base in library.headers.handles]

    def __call__(self, **changed):
        for output in self.outputs:
            output.reset()
        values = [changed.get(one.name, self.arguments[one.name]) for one in self.function.parameters]
        return self.library.entries[self.function.name](
            *(value.address if isinstance(value, Output) else value for value in values))

    def written_to(self):
        return [output.parameter.name for output in self.outputs if output.bytes() != output.pattern]

    def destroy_made(self):
        for output in self.made_by:
            for handle in output.pointers() if output.bytes() != output.pattern else []:
                self.library.destroyer(output.parameter.base)(handle)


def digest_of_handle(library, kind, handle, calls, depth=0):
    """What a handle answers: equal for equal results."""
    if not handle:
        return None
    found = []
    for function in library.accessors(kind):
        value = library.entries[function.name](handle)
        inner = function.returns.removeprefix("const ").rstrip("*")
        if inner in library.headers.handles:
            value = digest_of_handle(library, inner, value, {}, depth + 1)
        elif function.name == "tepui_network_parameters":
            value = ctypes.string_at(value, 8 * library.entries["tepui_network_parameter_count"](handle)) if value else None
        elif "*" in function.returns and inner != "char":
            continue
        found.append((function.name, value if value == value else "nan"))
    for call in calls.get(kind, []):
        held = next(one.name for one in call.function.parameters if one.base == kind)
        found.append((call.function.name, call(**{held: handle}), *digest_of_outputs(call, {})))
    return tuple(found)


def report_text(library, context, report):
    """All of a report."""
    text = ctypes.c_char_p()
    status = library.entries["tepui_report_json"](context, report, ctypes.addressof(text))
    return status, text.value


def digest_of_outputs(call, calls):
    """What a call has written; `calls`: those that ask handles of each kind further."""
    library, found = call.library, []
    for output in call.outputs:
        parameter = output.parameter
        if parameter.name == "timings" or output.bytes() == output.pattern:
            continue
        if parameter.base == "tepui_report":
            found += [report_text(library, call.arguments["context"], one) for one in output.pointers()]
            continue
        if parameter.base in library.headers.handles:
            found += [digest_of_handle(library, parameter.base, one, calls) for one in output.pointers()]
        elif parameter.base == "char":
            found += [ctypes.string_at(one) if one else None for one in output.pointers()]
        elif parameter.stars == 1:
            found.append(output.bytes())
    return found


def number_text(value):
    """How messages write a number."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else "inf" if math.isinf(value) else f"{value:g}"
    return str(value)
