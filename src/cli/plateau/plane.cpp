// The plane of three splitting coefficients, drawn in barycentric coordinates: (1, 0, 0), (0, 1, 0) and (0,
// 0, 1) are the corners of an equilateral triangle, the lines gamma_j = 0 its sides, produced.
#include <algorithm>
#include <array>
#include <cmath>

#include "cli/plateau/figure.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_streams.hpp"

namespace tepui::cli {
namespace {

using Barycentric = std::array<double, 3>;

struct Spot {
    double x, y;
};

Spot spot(const Barycentric& gamma) {
    return {gamma[1] + 0.5 * gamma[2], gamma[2] * std::sqrt(0.75)};
}

// The part of the drawn triangle (every gamma at least `lower`) where the signs are these: it is cut by one
// line after the other.
std::vector<Barycentric> area_of(const PlateauMap& map, const std::vector<int>& signs) {
    const double lower = map.lower, upper = map.upper();
    std::vector<Barycentric> corners = {{upper, lower, lower}, {lower, upper, lower}, {lower, lower, upper}};
    for (std::size_t j = 0; j < 3; ++j) {
        std::vector<Barycentric> kept;
        for (std::size_t c = 0; c < corners.size(); ++c) {
            const Barycentric &from = corners[c], &to = corners[(c + 1) % corners.size()];
            if (signs[j] * from[j] >= 0.0) kept.push_back(from);
            if (from[j] * to[j] < 0.0) {
                const double t = from[j] / (from[j] - to[j]);
                Barycentric cut;
                for (std::size_t i = 0; i < 3; ++i) cut[i] = from[i] + t * (to[i] - from[i]);
                cut[j] = 0.0;
                kept.push_back(cut);
            }
        }
        corners = kept;
    }
    return corners;
}

Spot centre_of(const std::vector<Barycentric>& corners) {
    Spot centre{0.0, 0.0};
    for (const Barycentric& corner : corners) {
        centre.x += spot(corner).x / double(corners.size());
        centre.y += spot(corner).y / double(corners.size());
    }
    return centre;
}

std::string polygon(int number, const std::vector<Barycentric>& corners, const std::string& style) {
    TextWriter out;
    out.precision(10);
    out << "set object " << number << " polygon";
    for (std::size_t c = 0; c <= corners.size(); ++c) {
        const Spot at = spot(corners[c % corners.size()]);
        out << (c == 0 ? " from " : " to ") << at.x << "," << at.y;
    }
    out << " behind " << style << "\n";
    return out.str();
}

std::string areas(const PlateauMap& map) {
    TextWriter out;
    out.precision(10);
    int object = 0;
    for (const PlateauPart& part : map.parts) {
        if (part.boundary()) continue;
        const std::vector<Barycentric> corners = area_of(map, part.signs);
        const VerdictStyle style = verdict_style(part.verdict);
        out << polygon(++object, corners,
                       "fillcolor rgb '" + std::string(style.tint) + "' fillstyle solid 1 noborder");
        if (style.hatching >= 0)
            out << polygon(++object, corners,
                           "fillcolor rgb '" + std::string(style.hatch) + "' fillstyle transparent pattern " +
                               std::to_string(style.hatching) + " noborder");
        const Spot centre = centre_of(corners);
        out << "set object " << ++object << " rectangle center " << centre.x << "," << centre.y
            << " size 0.40,0.26 front fillcolor rgb '#FFFFFF' fillstyle solid 1 border linecolor rgb '"
            << style.line << "'\nset label " << part_label(part) << " at " << centre.x << ","
            << centre.y + 0.065 << " center front font ',9.5' textcolor rgb '" << style.text << "'\n";
    }
    return out.str();
}

// The three lines on which a coefficient vanishes, named at the end where there is room.
std::string boundaries(const PlateauMap& map) {
    TextWriter out;
    out.precision(10);
    for (std::size_t j = 0; j < 3; ++j) {
        Barycentric from{}, to{};
        from[(j + 1) % 3] = map.lower, from[(j + 2) % 3] = 1.0 - map.lower;
        to[(j + 2) % 3] = map.lower, to[(j + 1) % 3] = 1.0 - map.lower;
        const Spot a = spot(from), b = spot(to);
        out << "set arrow " << j + 1 << " from " << a.x << "," << a.y << " to " << b.x << "," << b.y
            << " nohead linewidth 1.6 linecolor rgb '#000000' front\n";
        const Spot end = j == 0 ? b : a;
        const double length = std::hypot(a.x - b.x, a.y - b.y);
        const Spot other = j == 0 ? a : b;
        out << "set label 'γ_{" << j + 1 << "} = 0' at " << end.x + 0.11 * (end.x - other.x) / length << ","
            << end.y + 0.11 * (end.y - other.y) / length << " center front font ',10'\n";
        Barycentric corner{};
        corner[j] = 1.0;
        const Spot at = spot(corner);
        out << "set label '' at " << at.x << "," << at.y
            << " point pointtype 6 pointsize 1.4 linewidth 1.6 linecolor rgb '#000000' front\n";
    }
    return out.str();
}

// Every split: a marker whose area is the fall of the loss, one kind of marker a verdict.
std::string markers(const PlateauMap& map) {
    double top = 0.0;
    for (const MappedSplit& split : map.splits) top = std::max(top, fall_of(split));
    TextWriter out;
    out.precision(10);
    std::string plots;
    for (const Verdict verdict : verdicts_in(map)) {
        const VerdictStyle style = verdict_style(verdict);
        const std::string block = "$verdict" + std::to_string(int(verdict));
        out << block << " << EOD\n";
        for (const MappedSplit& split : map.splits) {
            if (split.verdict != verdict) continue;
            const Spot at = spot({split.gamma[0], split.gamma[1], split.gamma[2]});
            const double size = top > 0.0 ? std::sqrt(fall_of(split) / top) : 0.0;
            out << at.x << " " << at.y << " " << 0.25 + 1.15 * size << "\n";
        }
        out << "EOD\n";
        plots += (plots.empty() ? "plot " : ", \\\n     ") + block + " using 1:2:3 with points pointtype " +
                 std::to_string(style.shape) + " pointsize variable linecolor rgb '" + style.line +
                 "' notitle, \\\n     NaN with points "
                 "pointtype " +
                 std::to_string(style.shape) + " pointsize 1.2 linecolor rgb '" + style.line + "' title '" +
                 style.name + "'";
    }
    if (top > 0.0)
        out << "set label 1002 "
            << plain_text(
                   "area of a marker: fall of the loss along the best escape, measured; the largest is " +
                   significant(top, 3) + (map.stride > 1 ? "; smallest markers: not all measured" : ""))
            << " at graph 0.5, screen 0.075 center font ',9.5'\n";
    return out.str() + plots + "\n";
}

}  // namespace

Figure plane_figure(const PlateauReport& report) {
    const PlateauMap& map = report.map;
    const Spot left = spot({map.upper(), map.lower, map.lower});
    const Spot right = spot({map.lower, map.upper(), map.lower});
    const Spot top = spot({map.lower, map.lower, map.upper()});
    TextWriter out;
    out.precision(10);
    out << figure_head(report)
        << "set tmargin at screen 0.87\nset bmargin at screen 0.12\nset lmargin 2\nset rmargin 2\n"
        << "set xrange [" << left.x - 0.05 << ":" << right.x + 0.05 << "]\nset yrange [" << left.y - 0.05
        << ":" << top.y + 0.05 << "]\nset size ratio -1\nunset border\nunset xtics\nunset ytics\n"
        << "set key at screen 0.5, screen 0.015 center bottom horizontal Left reverse samplen 1\n"
        << areas(map) << boundaries(map) << markers(map);
    return {out.str(), 760, 760};
}

}  // namespace tepui::cli
