// The map of a plateau as a script for gnuplot: what both kinds of picture share, and the line of two
// daughters.
#include "cli/plateau/figure.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "cli/report/phrases.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_streams.hpp"

namespace tepui::cli {
namespace {

std::string title_text(const PlateauReport& report) {
    return "Plateau of " + report.subject() + ", split into " +
           (report.map.daughters == 2 ? "two: verdict and way down by γ"
                                      : "three: verdict and way down by γ");
}

// Two lines: data and network, then the point.
std::string data_line(const PlateauReport& report) {
    const Json& whole = report.point["whole"];
    std::string text = file_name_of(report.head.file) + " → " + report.head.target + ", " +
                       report.head.activation + ", width " + std::to_string(report.head.width);
    if (whole["narrow_width"] < report.head.width) text += " reduced to " + whole["narrow_width"].dump();
    if (whole["rank"] < report.head.inputs)
        text += ", inputs of rank " + whole["rank"].dump() + " of " + std::to_string(report.head.inputs);
    if (!whole["fitted_samples"].empty())
        text += ", " + counted(std::int64_t(whole["fitted_samples"].size()), "fitted sample") + " set apart";
    return text;
}

std::string point_line(const PlateauReport& report) {
    return report.point_description + ": loss " + significant(real_of(report.point["loss"]), 6) + ", " +
           verdict_phrase(report.point["verdict"], report.point["strict"].get<bool>(),
                          report.point["global"].get<bool>()) +
           "; inner Hessian " + phrase<Definiteness>(report.parent()["definiteness"]);
}

// gamma -> the plateau around it: where a part of the line begins and ends.
struct Stretch {
    double from, to;
};

Stretch stretch_of(const PlateauMap& map, const PlateauPart& part) {
    if (part.signs[0] < 0) return {map.lower, 0.0};
    if (part.signs[1] < 0) return {1.0, map.upper()};
    return {0.0, 1.0};
}

// 1, 2 or 5 times a power of ten: some five ticks over so long an axis.
double tick_step(double length) {
    const double unit = std::pow(10.0, std::floor(std::log10(length / 5.0)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * unit >= length / 5.0) return factor * unit;
    return 10.0 * unit;
}

std::string label(const std::string& text, double x, double y, const std::string& more) {
    TextWriter out;
    out.precision(10);
    out << "set label " << text << " at " << x << "," << y << " " << more << "\n";
    return out.str();
}

}  // namespace

std::string part_label(const PlateauPart& part) {
    const std::string name = part.name();
    std::string text = "{/:Bold ";
    text += name == "Gamma+" ? "Γ^{+}" : (name == "Gamma-" ? "Γ^{−}" : name);
    text += "}\\n" + phrase_of(part.verdict);
    if (!part.index["morse_index"].is_null()) text += "\\nMorse index " + part.index["morse_index"].dump();
    return "\"" + text + "\"";
}

std::string figure_head(const PlateauReport& report) {
    const auto line = [](int number, const std::string& text, const char* height, const char* style) {
        return "set label " + std::to_string(number) + " " + plain_text(text) + " at screen 0.5, screen " +
               height + " center font " + style + "\n";
    };
    const char* small = "',9.5' textcolor '#333333'";
    return line(1010, title_text(report), "0.965", "',14'") + line(1011, data_line(report), "0.923", small) +
           line(1012, point_line(report), "0.89", small);
}

std::set<Verdict> verdicts_in(const PlateauMap& map) {
    std::set<Verdict> verdicts;
    for (const MappedSplit& split : map.splits) verdicts.insert(split.verdict);
    return verdicts;
}

namespace {

// The open parts as areas over the whole height, with their labels above the curves.
std::string line_areas(const PlateauMap& map, double top) {
    TextWriter out;
    out.precision(10);
    int object = 0;
    for (const PlateauPart& part : map.parts) {
        if (part.boundary()) continue;
        const Stretch stretch = stretch_of(map, part);
        const VerdictStyle style = verdict_style(part.verdict);
        const auto area = [&](const std::string& fill) {
            out << "set object " << ++object << " rectangle from " << stretch.from << ",graph 0 to "
                << stretch.to << ",graph 1 behind fillcolor rgb '" << fill << "\n";
        };
        area(std::string(style.tint) + "' fillstyle solid 1 noborder");
        if (style.hatching >= 0)
            out << "set object " << ++object << " rectangle from " << stretch.from << ",graph 0 to "
                << stretch.to << ",graph 1 behind fillcolor rgb '#F0B48C' fillstyle transparent pattern "
                << style.hatching << " noborder\n";
        out << label(part_label(part), 0.5 * (stretch.from + stretch.to), 0.82 * top,
                     "center front font ',11' textcolor rgb '" + std::string(style.text) + "'");
    }
    return out.str();
}

// A data block per open part, so that no curve is drawn across the boundary, and one per verdict there.
std::string line_data(const PlateauMap& map) {
    TextWriter out;
    out.precision(12);
    for (std::size_t p = 0; p < map.parts.size(); ++p) {
        out << "$part" << p << " << EOD\n";
        for (std::size_t index = 0; index < map.splits.size(); ++index)
            if (map.part_of[index] == p && map.searched(map.splits[index]))
                out << map.splits[index].gamma[0] << " " << -fall_of(map.splits[index]) << "\n";
        out << "EOD\n";
    }
    return out.str();
}

std::string line_plots(const PlateauMap& map) {
    TextWriter out;
    std::set<Verdict> named;
    const char* separator = "plot ";
    for (std::size_t p = 0; p < map.parts.size(); ++p) {
        const PlateauPart& part = map.parts[p];
        const VerdictStyle style = verdict_style(part.verdict);
        out << separator << "$part" << p << " using 1:2 with ";
        separator = ", \\\n     ";
        if (part.boundary())
            out << "points pointtype " << style.shape << " pointsize 1.5";
        else
            out << "linespoints linewidth 2 pointtype " << style.shape << " pointsize 0.45";
        out << " linecolor rgb '" << style.line << "' ";
        if (!part.boundary() && named.insert(part.verdict).second)
            out << "title '" << style.name << "'";
        else
            out << "notitle";
    }
    return out.str() + "\n";
}

// The level, of a few, at which the words beside the boundary are furthest from the curve.
double boundary_label_level(const PlateauMap& map, bool left, double deepest) {
    constexpr double width = 0.3;  // of the words, in units of gamma
    double best = 0.0, best_distance = -1.0;
    for (const double level : {-0.82, -0.98, -0.5, -0.18}) {
        double distance = 1.0;
        for (std::size_t index = 0; index < map.splits.size(); ++index) {
            const double gamma = map.splits[index].gamma[0];
            if (!map.searched(map.splits[index])) continue;
            if (left ? gamma < 0.0 || gamma > width : gamma > 1.0 || gamma < 1.0 - width) continue;
            distance = std::min(distance, std::fabs(level + fall_of(map.splits[index]) / deepest));
        }
        if (distance <= best_distance + 1e-9) continue;
        best = level;
        best_distance = distance;
    }
    return best * deepest;
}

// The loss at the split point is level 0; the ways down lead below it.
Figure line_figure(const PlateauReport& report) {
    const PlateauMap& map = report.map;
    double deepest = 0.0;
    for (const MappedSplit& split : map.splits) deepest = std::max(deepest, fall_of(split));
    if (deepest == 0.0) deepest = 1.0;
    const double step = tick_step(deepest);
    TextWriter out;
    out.precision(10);
    out << figure_head(report) << "set tmargin at screen 0.86\nset rmargin 3\nset bmargin 6\n"
        << "set xrange [" << map.lower << ":" << map.upper() << "]\nset yrange [" << -1.12 * deepest << ":"
        << 0.42 * deepest << "]\nset xlabel 'γ_{1}   (γ_{2} = 1 − γ_{1})' offset 0,0.3\n"
        << "set ylabel 'change of the loss L along the best way down, measured'\n"
        << "set xtics 0.25 nomirror out\nset ytics " << -std::floor(1.12 * deepest / step) * step << ","
        << step << ",0 nomirror out\nset border 3\n"
        << "set key bottom center outside horizontal Left reverse samplen 2\n"
        << "set arrow 1 from 0,graph 0 to 0,graph 1 nohead linewidth 1.5 linecolor rgb '#000000'\n"
        << "set arrow 2 from 1,graph 0 to 1,graph 1 nohead linewidth 1.5 linecolor rgb '#000000'\n"
        << line_areas(map, 0.42 * deepest) << line_data(map);
    for (const PlateauPart& part : map.parts) {
        if (!part.boundary()) continue;
        const bool left = part.signs[0] == 0;
        std::string text = "boundary: " + phrase_of(part.verdict);
        if (!part.index["morse_index"].is_null())
            text += "\\nMorse index " + part.index["morse_index"].dump();
        out << label("\"" + text + "\"", left ? 0.025 : 0.975, boundary_label_level(map, left, deepest),
                     std::string(left ? "left" : "right") + " front font ',9.5' textcolor rgb '" +
                         verdict_style(part.verdict).text + "'");
    }
    return {out.str() + line_plots(map), 760, 480};
}

}  // namespace

Figure plateau_figure(const PlateauReport& report) {
    return report.map.daughters == 2 ? line_figure(report) : plane_figure(report);
}

}  // namespace tepui::cli
