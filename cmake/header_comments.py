"""Turns the comments of a public header into Doxygen's, on standard output.

A comment belongs to every declaration that follows it up to the next blank line or comment; the first comment of a
header describes the file; "---- Title ----" begins a section and belongs to nothing."""

import re
import sys

TOKEN = re.compile(r"/\*(?P<comment>.*?)\*/|(?P<blank>\n[ \t]*\n)|(?P<code>[^/\n]+|/|\n)", re.DOTALL)
SECTION = re.compile(r"-{4} .* -{4}", re.DOTALL)


def words_of(comment):
    """Prose with Doxygen's own signs escaped, programs (lines further in) as code, errors as a paragraph."""
    text = re.sub(r"\n[ \t]*\* ?", "\n", comment).strip()
    program = re.search(r"\n    #include[^\n]*\n(?:(?:    [^\n]*)?\n)*    \}(\n|$)", text)  # with all its functions
    pieces = (text[:program.start()], text[program.end():]) if program else (text,)
    prose = [re.sub(r"([\\@<>#])", r"\\\1", piece) for piece in pieces]
    prose = [re.sub(r"(?<=[.)])\s+(?=Errors( of each| also)?:\s)", "\n\n", piece) for piece in prose]
    if not program:
        return prose[0]
    code = "\n".join(line[4:] for line in program[0].strip("\n").split("\n"))
    return f"{prose[0]}\n\n@code{{.c}}\n{code}\n@endcode\n{prose[1]}"


def filtered(source):
    # "typedef int32_t tepui_kind; enum { ... };" is one enumeration, tepui_kind.
    source = re.sub(r"typedef int32_t (\w+);(\s*(?:/\*(?:(?!\*/).)*\*/\s*)?)enum \{", r"\2enum \1 {", source, flags=re.DOTALL)
    out = []
    about = None  # the comment that covers the declarations to come
    repeat = False  # it has been written above one of them already
    between = True  # no declaration has begun
    inside_enum = False
    for token in TOKEN.finditer(source):
        text = token[0]
        if token["comment"] is not None:
            words = words_of(token["comment"])
            if not out:
                out.append(f"/** @file\n{words} */")
            elif SECTION.fullmatch(words):
                about = None
            elif inside_enum:
                trailing = out[-1].strip() != ""
                out.append(f"/**{'<' if trailing else ''} {words} */")
            else:
                about, repeat = words, False
                out.append(f"/** {words} */")
            continue
        if token["blank"] is not None and between:
            about = None
        elif text.strip():
            if between and about is not None:
                if repeat:
                    out.append(f"/** {about} */ ")
                repeat = True
            inside_enum = (inside_enum or text.startswith("enum")) and "}" not in text
            between = text.rstrip().endswith(";") and not inside_enum
        out.append(text)
    return "".join(out)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        sys.stdout.write(filtered(header.read()))
