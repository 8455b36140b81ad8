// An end at infinity as a script for gnuplot: how the loss comes to that of the limit and, for one input,
// what the limit network computes.
#include "cli/ends/figure.hpp"

#include <algorithm>
#include <cmath>

#include "cli/ends/limit_functions.hpp"
#include "cli/report/phrases.hpp"
#include "cli/support/figure_style.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/text_streams.hpp"
#include "vocabulary/infinity.hpp"

namespace tepui::cli {
namespace {

constexpr int curve_points = 401;
constexpr std::size_t most_samples = 2000;  // drawn: more hide the curves
constexpr std::size_t most_outputs = 6;     // drawn: of ten one sees nothing
constexpr double margin = 0.05;             // of the inputs' range
// Okabe and Ito, dark enough for lines.
constexpr const char* colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};

std::string subtitle(const Report& report, const Json& end) {
    return file_name_of(report.file) + " → " + report.target + ", " +
           counted(report.width, (report.activation + " neuron").c_str()) + ": " +
           phrase<EndVerdict>(end["verdict"]) + ", loss " + significant(real_of(end["loss"]), 8);
}

// Rows of 1 / eps and the size of the change, of one sign, where rounding leaves it.
std::string changes(const Json& approach, double sign) {
    TextWriter rows;
    rows.precision(12);
    for (std::size_t l = 0; l < approach["inverse_eps"].size(); ++l) {
        const double change = sign * real_of(approach["loss_change"][l]);
        if (change > real_of(approach["loss_change_error"][l]))
            rows << real_of(approach["inverse_eps"][l]) << " " << change << "\n";
    }
    return rows.str();
}

std::string frame(double left, double right) {
    TextWriter text;
    text << "set tmargin at screen 0.83\nset bmargin at screen 0.24\nset lmargin at screen " << left
         << "\nset rmargin at screen " << right
         << "\nset border 3\nset xtics nomirror out\nset ytics nomirror out\nset key at screen "
         << 0.5 * (left + right)
         << ", screen 0.01 center bottom Left reverse samplen 2 maxrows 3 width -1 font ',9'\n";
    return text.str();
}

std::string approach_panel(const Json& end, double left, double right) {
    const std::string above = changes(end["approach"], 1.0), below = changes(end["approach"], -1.0);
    TextWriter out;
    out << frame(left, right)
        << "set label 1 'Loss on the way to the limit' at graph 0.5, graph 1.06 center\n"
        << "set xlabel '1 / ε' offset 0,0.4\nset ylabel '|L(ε) − L(limit)|' offset 1.2\n";
    if (above.empty() && below.empty())
        return out.str() +
               "unset xtics\nunset ytics\nset xrange [0:1]\nset yrange [0:1]\nset label 2 'no "
               "change beyond rounding' at graph 0.5, graph 0.5 center\nplot -1 notitle\n"
               "unset label 2\nset xtics\nset ytics\n";
    out << "set logscale xy\nset format xy '10^{%L}'\n";
    std::string plots;
    const auto add = [&](const char* name, const std::string& rows, Verdict style, const char* title) {
        if (rows.empty()) return;
        const VerdictStyle look = verdict_style(style);
        out << "$" << name << " << EOD\n" << rows << "EOD\n";
        plots += std::string(plots.empty() ? "plot $" : ", $") + name +
                 " using 1:2 with linespoints linewidth 2 pointtype " + std::to_string(look.shape) +
                 " pointsize 0.6 linecolor rgb '" + look.line + "' title '" + title + "'";
    };
    add("above", above, Verdict::local_minimum, "above that of the limit");
    add("below", below, Verdict::saddle, "below it: a way down");
    out << plots << "\nunset logscale\nset format xy '%h'\n";
    return out.str();
}

struct Range {
    double low, high;
};

Range range_of(const std::vector<double>& x) {
    Range range{*std::min_element(x.begin(), x.end()), *std::max_element(x.begin(), x.end())};
    const double more = margin * (range.high - range.low);
    return {range.low - more, range.high + more};
}

std::vector<double> grid(Range range) {
    std::vector<double> x;
    for (int l = 0; l < curve_points; ++l)
        x.push_back(range.low + (range.high - range.low) * l / (curve_points - 1));
    return x;
}

// In the units of the table where the outputs are those of targets.
std::string function_panel(const Report& report, const Problem& problem, const std::vector<double>& inputs,
                           const Json& end, double left, double right) {
    const Samples& samples = problem.samples;
    const LimitFunctions limit = limit_functions(report, problem, end, grid(range_of(inputs)));
    const std::size_t outputs = report.outputs.size(), shown = std::min(outputs, most_outputs);
    const Scaling& of_x = report.preprocessing.features[0];
    const auto x_of = [&](double x) { return of_x.mean + of_x.scale * x; };
    const auto y_of = [&](std::size_t o, double y) {
        const Scaling& scaling = report.preprocessing.targets[o];
        return scaling.mean + scaling.scale * y;
    };
    TextWriter out;
    out.precision(12);
    out << frame(left, right)
        << "set label 1 'What the limit network computes' at graph 0.5, graph 1.06 center\n"
        << "set xlabel " << plain_text(report.features[0]) << " offset 0,0.4\nset ylabel "
        << plain_text(outputs == 1 ? report.outputs[0] : report.target) << " offset 1.2\nset xrange ["
        << x_of(limit.x.front()) << ":" << x_of(limit.x.back()) << "]\n";
    std::string plots;
    const auto add = [&](const std::string& name, const std::string& rows, const std::string& style,
                         const std::string& title) {
        out << "$" << name << " << EOD\n" << rows << "EOD\n";
        plots += (plots.empty() ? "plot $" : ", $") + name + " using 1:2 with " + style +
                 (title.empty() ? " notitle" : " title " + plain_text(title));
    };
    const auto curve = [&](const std::vector<double>& values, std::size_t o, bool shifted) {
        TextWriter rows;
        rows.precision(12);
        const double scale = report.preprocessing.targets[o].scale;
        for (std::size_t k = 0; k < limit.x.size(); ++k) {
            const double f = values[k * outputs + o];
            rows << x_of(limit.x[k]) << " " << (shifted ? y_of(o, f) : scale * f) << "\n";
        }
        return rows.str();
    };
    if (report.loss.of_differences() && outputs == 1) {
        TextWriter rows;
        rows.precision(12);
        const auto count = std::size_t(samples.count), step = count / most_samples + 1;
        for (std::size_t k = 0; k < count; k += step)
            rows << x_of(inputs[k]) << " " << y_of(0, samples.targets.values[k]) << "\n";
        add("samples", rows.str(), "points pointtype 7 pointsize 0.25 linecolor rgb '#AAAAAA'", "samples");
    }
    for (std::size_t u = 0; outputs == 1 && u < limit.parts.size(); ++u)
        add("part" + std::to_string(u), curve(limit.parts[u], 0, false),
            "lines linewidth 1.5 dashtype " + std::to_string(2 + u % 4) + " linecolor rgb '" +
                colours[u % 6] + "'",
            limit.names[u]);
    for (std::size_t o = 0; o < shown; ++o)
        add("sum" + std::to_string(o), curve(limit.sum, o, true),
            std::string("lines linewidth 2.5 linecolor rgb '") + (outputs == 1 ? "#222222" : colours[o]) +
                "'",
            outputs == 1 ? "limit network" : report.outputs[o]);
    out << plots << "\n";
    return out.str();
}

Figure end_figure(const Report& report, const Problem& problem, const std::vector<double>& inputs,
                  const Json& end) {
    const bool functions = !inputs.empty();
    TextWriter out;
    out << "set label 1000 " << plain_text("End " + end["end"].dump() + " at infinity")
        << " at screen 0.5, screen 0.955 center font ',14'\nset label 1001 "
        << plain_text(subtitle(report, end))
        << " at screen 0.5, screen 0.905 center font ',9.5' textcolor '#333333'\n";
    if (!functions) return {out.str() + approach_panel(end, 0.16, 0.96), 520, 400};
    out << "set multiplot\n"
        << approach_panel(end, 0.09, 0.46) << "unset label 1000\nunset label 1001\nset autoscale\n"
        << function_panel(report, problem, inputs, end, 0.58, 0.98) << "unset multiplot\n";
    return {out.str(), 860, 430};
}

}  // namespace

void draw_end(const Report& report, const Problem& problem, const std::vector<double>& inputs,
              const EndPictureOptions& picture) {
    const Json& ends = report.search["ends"];
    if (picture.number > std::int64_t(ends.size())) {
        warn("--draw-end " + picture.file + ": not drawn: there " +
             (ends.empty() ? "is no end at infinity"
                           : "are " + counted(std::int64_t(ends.size()), "end") + " at infinity, --end " +
                                 std::to_string(picture.number) + " is asked for"));
        return;
    }
    draw(end_figure(report, problem, inputs, ends[std::size_t(picture.number - 1)]), picture.file);
}

}  // namespace tepui::cli
