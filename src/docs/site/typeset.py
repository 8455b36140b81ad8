"""Plain-text mathematics as it stands in MATH.md, in HTML: letters italic, Greek, indices below, powers above.

Each symbol is set by itself, so that whatever is not recognised stays readable as it was written."""

import html
import re

GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "theta": "θ",
         "kappa": "κ", "lambda": "λ", "lam": "λ", "mu": "μ", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
         "phi": "φ", "psi": "ψ", "eta": "η", "om": "ω", "al": "α", "Gamma": "Γ", "Delta": "Δ", "Phi": "Φ", "Psi": "Ψ"}
WORDS = {"sum": "∑", "sqrt": "√", "inf": "inf"}
OPERATORS = [("<=>", "⇔"), ("=>", "⇒"), ("->", "→"), (">=", "≥"), ("<=", "≤"), ("!=", "≠"), ("+-", "±"), ("-+", "∓")]

SCRIPT = r"(?:[_^](?:\{[^{}]*\}|\([^()]*\)|[+-]?[A-Za-z0-9]+'*(?:,[a-z](?![a-z]))*))"
SYMBOL = re.compile(rf"(?<![A-Za-z0-9\\&'])(?P<base>[A-Za-z]+)(?P<primes>'{{0,4}})(?P<scripts>{SCRIPT}*)(?P<sign>[+-](?=[\s),.:;]|$))?"
                    rf"|(?P<closed>[)\]|]|(?<![A-Za-z0-9_^.])\d+(?:\.\d+)?)(?P<after>{SCRIPT}+)")
# What follows a sum that is a sign, not a word.
SUMMAND = re.compile(r" (?:[A-Za-z](?![A-Za-z])|[A-Za-z]+'*_|abs|gamma|sigma|lambda|[(\[|]|1/)")
CODE = re.compile(r"(`[^`]*`|\[[^\]]*\]\([^)]*\)|https?://\S+|\[[PZWSGF]\b[^\]]*\]|\[[a-z][^\]]*jl\])")


def scripts(text):
    out = ""
    for mark, inside in re.findall(r"([_^])(\{[^{}]*\}|\([^()]*\)|[+-]?[A-Za-z0-9]+'*(?:,[a-z](?![a-z]))*)", text):
        inside = inside.strip("{}")
        if mark == "^" and inside.startswith("("):
            inside = inside[1:-1]
        tag = "sub" if mark == "_" else "sup"
        inside = re.sub(r"[A-Za-z]+", lambda word: GREEK.get(word[0], word[0]), html.escape(inside, quote=False))
        out += f"<{tag}>{inside.replace('-', '−')}</{tag}>"
    return out


def symbol(found):
    if found["closed"]:
        return found["closed"] + scripts(found["after"])
    base, primes, below, sign = found["base"], found["primes"], found["scripts"], found["sign"] or ""
    whole = found[0]
    if base in GREEK and (base not in ("al", "om") or below):
        letter = GREEK[base]
    elif base in WORDS:
        if base == "sum" and not below and not SUMMAND.match(found.string, found.end()):
            return whole
        return WORDS[base] + scripts(below) + sign
    elif re.fullmatch("d[Ll]", base) and not below:
        letter = "∂" + base[1]
    elif len(base) == 1 and base not in "AI" or below or primes:
        if len(base) > 1 and not re.fullmatch(r"(d2?|D)[A-Za-z]|da|dw|[A-Z]{1,2}|Hess|ker|rank|Re", base) and not re.match(r"_", below):
            return whole
        if base == "a" and not below and not primes:
            return whole
        letter = base
    else:
        return whole
    if sign and base != "Gamma":
        return f'<span class="symbol">{letter}{"′" * len(primes)}{scripts(below)}</span>{sign}'
    above = f"<sup>{sign.replace('-', '−')}</sup>" if sign else ""
    return f'<span class="symbol">{letter}{"′" * len(primes)}{scripts(below)}{above}</span>'


def text(line):
    """A line of prose with symbols in it."""
    out = []
    for place, piece in enumerate(CODE.split(line)):
        if place % 2:
            out.append(piece)
            continue
        for plain, sign in OPERATORS:
            piece = piece.replace(plain, sign)
        piece = re.sub(r"\bd2([Ll])", r"∂²\1", piece.replace("<", "&lt;"))
        out.append(SYMBOL.sub(symbol, piece))
    return "".join(out)


def is_formula(line, formula, after_blank):
    """Set apart in the source: further in, or in columns."""
    if line.startswith(("|", "- ", "  - ")):
        return False
    if re.search(r"\S {4,}\S", line):
        return True
    return line.startswith("    ") and (after_blank or bool(formula) or not re.match(r"\s*[a-z]", line))


def page(source):
    """A Markdown page: prose line by line, indented blocks as formulas, fenced blocks as they are."""
    out, formula, fenced, after_blank = [], [], False, True
    lines = source.split("\n")

    def close():
        if formula:
            indent = min(len(line) - len(line.lstrip()) for line in formula)
            body = "\n".join(line[indent:] for line in formula)
            out.append(f'\n<div class="formula">{body}</div>\n')
            formula.clear()

    for line in lines:
        if line.startswith("```"):
            close()
            fenced = not fenced
            out.append(line)
        elif fenced:
            out.append(line)
        elif is_formula(line, formula, after_blank):
            formula.append(html_only(line.rstrip()))
        elif line.startswith("#"):
            close()
            section = re.match(r"## (\d+)\. ", line)
            if section:
                out.append(f"(math-{section[1]})=")
            out.append(line)
        else:
            close()
            if line.startswith(("(+)", "**")):
                out.append("")
            out.append(text(line))
        after_blank = line.strip() == ""
    close()
    return "\n".join(out)


def html_only(line):
    """A formula's line, with Markdown's bold in HTML."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text(line))
