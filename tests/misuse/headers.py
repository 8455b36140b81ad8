"""The public functions as the headers declare and describe them: parameters, enumerations, and of each description what may
be null, which statuses it names for which argument, lower bounds and shapes."""

import re
from dataclasses import dataclass, field

ABOUT_ARGUMENTS = {"TEPUI_ERROR_INVALID_SIZE", "TEPUI_ERROR_INVALID_VALUE", "TEPUI_ERROR_NOT_FINITE"}


@dataclass
class Parameter:
    name: str
    base: str  # the type without const and stars
    stars: int
    const: bool  # what it points at is not written

    @property
    def is_input_array(self):
        return self.stars == 1 and self.const

    @property
    def is_output(self):
        return self.stars >= 1 and not self.const or self.stars == 2


@dataclass
class Function:
    name: str
    returns: str
    parameters: list
    text: str  # of its description
    previous: object = None  # the function declared before it in the same header
    errors: dict = field(default_factory=dict)  # status: what is said in parentheses about it, "" when nothing is

    def statuses_for(self, parameter):
        """Those that the description gives for this argument; all of those for arguments where it names none."""
        names = rf"\b({parameter}|{parameter.removesuffix('s')})\b"
        named = {status for status, about in self.errors.items() if re.search(names, about)}
        return named or {status for status, about in self.errors.items() if about == "" and status in ABOUT_ARGUMENTS}

    def lower_bound(self, parameter):
        """Of a size, from "n >= 1", "n, d, m >= 1", "`count` >= 1"."""
        found = re.search(rf"\b{parameter}\b`?(?:, \w+)* >= (\d+)", self.text)
        return int(found[1]) if found else None

    def is_index(self, parameter):
        return bool(re.search(rf"0 <= {parameter} <|\b{parameter}\b[^.;]{{0,9}}in \[0,", self.text)) or (
            re.search(rf"\b{parameter}\b", self.errors.get("TEPUI_ERROR_INVALID_SIZE", "")) is not None)

    def shape(self, parameter):
        """The text between the brackets of its first mention, None when it is none of an array."""
        found = re.search(rf"(?<![\w*]){parameter}\[([^\]]*)\]", self.text)
        return found[1] if found else None

    def nullable(self, parameter):
        """What the description says of null: "yes", "sometimes" or "no"."""
        name = parameter.name
        if name == "user":
            return "sometimes"  # as the caller's own function likes it
        if parameter.is_output and re.search(r"(?i)\b(any|either)( output)?( pointer| of the \w+)? may be null", self.text):
            return "yes"
        whole = (rf"\b{name}(\[[^\]]*\])?,? (which )?may be null([,:;.]| *$)", rf"\b{name}(\[[^\]]*\])?( >= 0)? \(?null: ",
                 rf"unless null, [^,;\[]*\b{name}\b", rf"\b{name} unless it is null", rf"with {name} null")
        conditional = (rf"\b{name}( and \w+)? may be null (then|when)", rf"\b{name}\b.*both null otherwise")
        for sentence in re.split(r"(?<=[^.]\.) ", self.text):
            if any(re.search(words, sentence) for words in whole):
                return "yes"
            if any(re.search(words, sentence) for words in conditional):
                return "sometimes"
        return "no"


def plain(comment):
    return re.sub(r"\s+", " ", re.sub(r"\n \*", "\n", comment)).strip()


def parenthesised(text):
    """What the parentheses at the beginning enclose; "" when there are none."""
    depth = 0
    for i, letter in enumerate(text.lstrip()):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text.lstrip()[1:i]
    return ""


def errors_in(text):
    """{status: what the parentheses after it say} of an "Errors" clause."""
    found = {}
    for match in re.finditer(r"(TEPUI_ERROR_\w+)(?: and (TEPUI_ERROR_\w+))?", text):
        about = parenthesised(text[match.end():])
        for status in filter(None, match.groups()):
            found[status] = "; ".join(filter(None, (found.get(status, ""), about)))
    return found


class Headers:
    def __init__(self, directory):
        self.functions, self.enumerators, self.callbacks, self.handles = {}, {}, set(), set()
        for path in sorted(directory.glob("*.h")):
            if path.name == "tepui_mpi.h":  # over the caller's mpi.h: nothing of the library
                continue
            self.read(path.read_text())
        for function in self.functions.values():
            function.errors = self.errors_of(function)

    def read(self, source):
        declared = len(re.findall(r"^TEPUI_API ", source, re.MULTILINE))
        before = len(self.functions)
        section, own, previous = "", "", None
        fresh = False  # whether the description stands directly before what follows
        token = re.compile(r"/\*(?P<comment>.*?)\*/|^TEPUI_API (?P<function>[^;]*);|^typedef int32_t (?P<kind>tepui_\w+);"
                           r"|^typedef \w+\*? ?\(\*(?P<callback>tepui_\w+)\)|^typedef struct (?P<handle>tepui_\w+)"
                           r"|^enum \{(?P<enum>.*?)\};", re.MULTILINE | re.DOTALL)
        kind = None
        for found in token.finditer(source):
            if found["comment"] is not None:
                text = plain(found["comment"])
                if text.startswith("----"):
                    section = text
                else:
                    own, fresh = text, True
            elif found["kind"]:
                kind = found["kind"]
            elif found["enum"]:
                bare = re.sub(r"/\*.*?\*/", "", found["enum"], flags=re.DOTALL)
                self.enumerators[kind] = {name: int(value) for name, value in re.findall(r"(TEPUI_\w+) =\s*(\d+)", bare)}
                fresh = False
            elif found["callback"]:
                self.callbacks.add(found["callback"])
            elif found["handle"]:
                self.handles.add(found["handle"])
            elif found["function"]:
                previous = self.add(found["function"], own, fresh, section, previous)
                fresh = False
        if len(self.functions) - before != declared:
            raise ValueError(f"{declared} declarations, {len(self.functions) - before} understood")

    def add(self, declaration, own, fresh, section, previous):
        returns, name, arguments = re.fullmatch(r"(.*?)(tepui_\w+)\s*\((.*)\)", plain(declaration)).groups()
        if fresh:
            text = f"{own} {section}" if "Errors of each" in section else own
            if own.startswith("The same"):
                text = f"{text} {previous.text}"
        else:
            text = previous.text if previous is not None else ""
        function = Function(name, returns.strip(), [self.parameter(one) for one in arguments.split(",") if one.strip() != "void"], text,
                            previous)
        self.functions[name] = function
        return function

    @staticmethod
    def parameter(text):
        const, base, stars, name = re.fullmatch(r"\s*(const )?(\w+)\s*(\**)\s*(\w+)\s*", text).groups()
        return Parameter(name, base, len(stars), bool(const))

    def errors_of(self, function):
        """The statuses of its own and of the descriptions that its own refers to."""
        if function.errors:
            return function.errors
        found = {}
        for clause in re.findall(r"Errors[^:.]{0,30}: ?(.*?)(?=\bErrors\b|$)", function.text):
            others = re.findall(r"\bas (?:of |in )?(tepui_\w+)", clause)
            if clause.startswith("as there"):
                others = re.findall(r"(tepui_\w+)", function.text)[:1]
            if re.match(r"also|as above", clause):
                others.append(function.previous.name)
            groups = [errors_in(clause)] + [self.errors_of(self.functions[other]) for other in others]
            for status, about in (pair for group in groups for pair in group.items()):
                found[status] = "; ".join(filter(None, (found.get(status, ""), about)))
        return found
