"""Wrong arguments of every kind for every parameter, and what the descriptions say must come of each."""

import ctypes
from dataclasses import dataclass, field

from library import number_text

INT64_MIN, INT64_MAX = -(2 ** 63), 2 ** 63 - 1
INT32_MIN, INT32_MAX = -(2 ** 31), 2 ** 31 - 1
NOT_FINITE = (float("nan"), float("inf"), float("-inf"))
NULL = "TEPUI_ERROR_NULL_POINTER"
ALWAYS = {NULL, "TEPUI_ERROR_OUT_OF_MEMORY"}  # of any function that returns a status
DIFFERENT_INPUTS = "inputs of dataset and network differ"

# Handles in another state, for every parameter of the kind: (name in values.py, what must come of it). The latter is the words
# of a description whose status it is then; None: whatever the description lists.
STATES = {
    "tepui_dataset": [("other dataset", DIFFERENT_INPUTS)],
    "tepui_network": [("other network", DIFFERENT_INPUTS), ("empty network", None), ("restless network", None), ("relu network", None)],
    "tepui_activation": [("relu activation", None)],
    "tepui_analysis": [("restless analysis", "TEPUI_ERROR_NOT_STATIONARY"), ("analysis of neurons", None), ("matrix-free analysis", None)],
    "tepui_directional": [("restless directional", "TEPUI_ERROR_NOT_STATIONARY")],
    "tepui_layer": [("restless layer", "TEPUI_ERROR_NOT_STATIONARY")],
    "tepui_certificate": [("restless certificate", None)],
    "tepui_network_verdict": [("restless network verdict", None)],
    "tepui_critical_set": [("critical set without samples", None)],
    "tepui_solution": [("solution of dependent inputs", None)],
}
# An array of the call is too short for it: the caller's lie, which nothing can notice.
EMBEDDINGS = ("tepui_embed", "tepui_embed_outputs")
LIES = {(f"{name}.narrow", f"{which} network") for name in EMBEDDINGS for which in ("other", "empty")}
# The end of a pair of offsets is not read where the pair is refused first; signs that are right; values that are not read.
RIGHT = {**{f"{name}.{array}": right for name in EMBEDDINGS for array, right in (("sign", (-1,)), ("group", ()))}, **{f"tepui_trace_{what}.max_steps": (2 ** 62, INT64_MAX) for what in ("descent", "like")},
         "tepui_inspect_layer.morse_index": (-1,), "tepui_inspect_layer.nullity": (-1,)}


@dataclass
class Case:
    name: str
    changed: dict  # of the arguments
    must: set = field(default_factory=set)  # statuses of which one must come; empty: TEPUI_OK or any that is listed
    words: tuple = ()  # of the message, when it must fail
    ok: bool = False  # must be TEPUI_OK


def same_inputs(function):
    return DIFFERENT_INPUTS in function.errors.get("TEPUI_ERROR_INVALID_SIZE", "")


def of_pointer(function, one):
    said = function.nullable(one)
    if said == "no":
        yield Case(f"{one.name} null", {one.name: None}, {NULL}, (one.name, "null"))
    else:
        yield Case(f"{one.name} null", {one.name: None}, ok=said == "yes")


def of_handle(world, function, one):
    for name, expected in STATES.get(one.base, []):
        if (f"{function.name}.{one.name}", name) in LIES or (world.custom and "matrix-free" in name):
            continue
        case = Case(f"{one.name}: {name}", {one.name: world.handle(name)})
        if expected == DIFFERENT_INPUTS and same_inputs(function) and len([p for p in function.parameters if p.base in STATES]) > 1:
            case.must, case.words = {"TEPUI_ERROR_INVALID_SIZE"}, ("inputs",)
        elif expected in function.errors:
            case.must = {expected}
        yield case


def of_integer(function, one, right=()):
    """A size, an index or a leading dimension."""
    lower = function.lower_bound(one.name)
    sizes = lower is not None or one.name.startswith("ld") or function.is_index(one.name)
    if function.returns == "tepui_status" and not sizes and not function.statuses_for(one.name):
        raise LookupError(f"{function.name}: its description says neither what {one.name} is at least nor of what it is an index")
    wrong = [-1, INT64_MIN, 2 ** 62, INT64_MAX] + ([lower - 1] if lower is not None and lower > 0 else [])
    wrong += [0, 1] if one.name.startswith("ld") else []
    for value in wrong:
        yield Case(f"{one.name} = {value}", {one.name: value}, set() if value in right else function.statuses_for(one.name),
                   (one.name, str(value)))


def of_enumeration(world, function, one):
    known = world.headers.enumerators[one.base]
    flags = one.base.endswith("_flags")
    wrong = {-1, INT32_MIN, INT32_MAX, max(known.values()) + (max(known.values()) if flags else 1)} - set(known.values())
    for value in sorted(wrong):
        yield Case(f"{one.name} = {value}", {one.name: value}, function.statuses_for(one.name), (one.name, str(value)))
    for name, value in known.items() if not flags else ():
        yield Case(f"{one.name} = {name}", {one.name: value})


def of_flag(function, one):
    for value in (-1, 2, INT32_MIN):
        yield Case(f"{one.name} = {value}", {one.name: value}, function.statuses_for(one.name), (one.name, str(value)))


def of_real(function, one):
    for value in NOT_FINITE:
        yield Case(f"{one.name} = {value}", {one.name: value}, function.statuses_for(one.name), (one.name, number_text(value)))
    for value in (-1.0, 0.0, 1e308):
        yield Case(f"{one.name} = {value}", {one.name: value})


def of_array(world, function, one, right=()):
    """Each wrong value as the first and as the last element."""
    values = world.values_of(function, one)
    reals = one.base in ("double", "float")
    if reals:
        wrong = NOT_FINITE
    elif one.base in world.headers.enumerators:
        known = world.headers.enumerators[one.base].values()
        wrong = (min(known) - 1, max(known) + 1, INT32_MIN, INT32_MAX)
    elif one.base == "int32_t":
        wrong = (-1, 0, 2, INT32_MIN, INT32_MAX)
    else:
        wrong = (-1, INT64_MIN, 2 ** 62, INT64_MAX)
    refused = function.statuses_for(one.name) if not reals else {"TEPUI_ERROR_NOT_FINITE"} & function.statuses_for(one.name)
    for place in sorted({0, len(values) - 1}):
        for value in wrong:
            spoilt = list(values)
            spoilt[place] = value
            address = world.array(world.library.scalar(one.base), spoilt)
            yield Case(f"{one.name}[{place}] = {value}", {one.name: address}, set() if value in right else refused,
                       (one.name, number_text(value)))


def of_text(world, function, one):
    for text in (b"", b"x", b"\xff\xfe", b"%s%n%n", b"leaky_relu:nan", b"leaky_relu:", b"tanh\x1b[31m", b"a" * 5000):
        address = world.array(ctypes.c_char, list(text + b"\0"))
        yield Case(f"{one.name} = {text[:20]}", {one.name: address})


def cases_of(world, function):
    """All of them, one argument wrong at a time."""
    for one in function.parameters:
        right = RIGHT.get(f"{function.name}.{one.name}", ())
        if one.base == "tepui_context" and one.stars == 1:
            yield Case("context null", {one.name: None}, {NULL})
            continue
        if one.stars or one.base in world.headers.callbacks:
            yield from of_pointer(function, one)
        if one.stars == 1 and one.base in world.headers.handles and one.const:
            yield from of_handle(world, function, one)
        elif one.base == "char" and one.stars == 1:
            yield from of_text(world, function, one)
        elif one.is_input_array:
            yield from of_array(world, function, one, right)
        elif one.stars or one.base in world.headers.callbacks:
            continue
        elif one.base in world.headers.enumerators:
            yield from of_enumeration(world, function, one)
        elif one.base == "int64_t":
            yield from of_integer(function, one, right)
        elif one.base == "int32_t":
            yield from of_flag(function, one)
        elif one.base == "double":
            yield from of_real(function, one)
        else:
            raise LookupError(f"{function.name}: no wrong values of {one.base} {one.name} are known")
