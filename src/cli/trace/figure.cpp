// The loss curve of a run as a script for gnuplot, with the exact point of every plateau on it.
#include <algorithm>

#include "cli/report/phrases.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_streams.hpp"
#include "cli/trace/trace.hpp"
#include "vocabulary/infinity.hpp"

namespace tepui::cli {
namespace {

constexpr double kRoomForLabels = 0.75;  // of the shown time: labels that begin later end at the edge

std::string subtitle(const TraceReport& report) {
    return file_name_of(report.head.file) + " → " + report.head.target + ", " +
           counted(report.head.width, (report.head.activation + " neuron").c_str()) + ", |a| = |w| ≈ " +
           significant(report.initial_scale, 3) + " at the start, seed " + std::to_string(report.seed);
}

// The last plateau lasts as long as the run went on: it is cut so that the others can be seen.
double shown_time(const TraceReport& report) {
    const double end = real_of(report.curve("time").back());
    if (report.plateaus().size() < 2) return end;
    const double last = real_of(report.plateaus().back()["begin"]);
    return last > 0.0 ? std::min(end, 1.5 * last) : end;
}

bool at_infinity(const Json& plateau) {
    return !plateau["at_infinity"].is_null();
}

Verdict verdict_of(const Json& plateau) {
    if (!at_infinity(plateau)) return value_named<Verdict>(text_of(plateau["verdict"])).value();
    const Json& verdict = plateau["at_infinity"]["verdict"];
    return verdict == "minimum"  ? Verdict::local_minimum
           : verdict == "saddle" ? Verdict::saddle
                                 : Verdict::undetermined;
}

bool reached(const Json& plateau) {
    return plateau["outcome"] == "converged" || at_infinity(plateau);
}

std::string words(const Json& plateau) {
    if (!reached(plateau)) return "no exact point";
    std::string text = at_infinity(plateau) ? phrase<EndVerdict>(plateau["at_infinity"]["verdict"])
                                            : verdict_style(verdict_of(plateau)).name;
    if (!plateau["found"].get<bool>()) text += " (elsewhere)";
    if (!plateau["escape_neurons"].empty())
        text += ", " + counted(std::int64_t(plateau["escape_neurons"].size()), "escape neuron");
    return text + "\\nL = " + significant(real_of(plateau["exact_loss"]), 6);
}

}  // namespace

Figure trace_figure(const TraceReport& report) {
    const double shown = shown_time(report), end = shown > 0.0 ? shown : 1.0;  // interrupted at once
    const double top = real_of(report.curve("loss").front());
    TextWriter out;
    out.precision(12);
    out << "$curve << EOD\n";
    for (std::size_t l = 0; l < report.curve("time").size(); ++l) {
        const double time = real_of(report.curve("time")[l]);
        out << time << " " << real_of(report.curve("loss")[l]) << "\n";
        if (time > end) break;
    }
    out << "EOD\nset label 1000 " << plain_text("Gradient flow from vanishing weights, plateau by plateau")
        << " at screen 0.5, screen 0.955 center font ',14'\nset label 1001 " << plain_text(subtitle(report))
        << " at screen 0.5, screen 0.905 center font ',9.5' textcolor '#333333'\n"
        << "set tmargin at screen 0.86\nset bmargin at screen 0.2\nset lmargin at screen 0.1\n"
        << "set rmargin at screen 0.97\nset border 3\nset xtics nomirror out\nset ytics nomirror out\n"
        << "set xlabel 'time of the flow' offset 0,0.4\nset ylabel 'loss L'\nset xrange [0:" << end
        << "]\nset yrange [0:" << 1.18 * top << "]\n"
        << "set key at screen 0.5, screen 0.01 center bottom horizontal Left reverse samplen 2\n";
    std::string plots =
        "plot $curve using 1:2 with lines linewidth 2 linecolor rgb '#222222' title 'loss of the run'";
    for (const Verdict verdict : {Verdict::saddle, Verdict::local_minimum, Verdict::undetermined}) {
        TextWriter rows;
        rows.precision(12);
        for (const Json& plateau : report.plateaus()) {
            const Verdict found = verdict_of(plateau);
            const bool listed = found == Verdict::saddle || found == Verdict::local_minimum;
            if ((listed ? found : Verdict::undetermined) != verdict || !reached(plateau)) continue;
            const double loss = real_of(plateau["exact_loss"]);
            rows << real_of(plateau["begin"]) << " " << loss << "\n"
                 << std::min(real_of(plateau["end"]), end) << " " << loss << "\n\n";
        }
        if (rows.str().empty()) continue;
        const VerdictStyle style = verdict_style(verdict);
        out << "$exact" << int(verdict) << " << EOD\n" << rows.str() << "EOD\n";
        plots += ", \\\n     $exact" + std::to_string(int(verdict)) +
                 " using 1:2 with linespoints linewidth 3.5 " + "pointtype " + std::to_string(style.shape) +
                 " pointsize 0.8 linecolor rgb '" + style.line + "' title 'exact point: " + style.name + "'";
    }
    for (const Json& plateau : report.plateaus()) {
        const VerdictStyle style = verdict_style(verdict_of(plateau));
        // The curve falls from here on: above and to the right there is room, except at the right edge.
        const double begin = real_of(plateau["begin"]), loss = real_of(plateau["loss"]);
        const bool at_edge = begin > kRoomForLabels * end;
        const double height = reached(plateau) ? std::max(real_of(plateau["exact_loss"]), loss) : loss;
        out << "set label \"" << words(plateau) << "\" at " << (at_edge ? end : begin) << "," << height
            << (at_edge ? " right offset 0,1.7" : " left offset 0.7,1.7")
            << " front font ',9' textcolor rgb '" << style.text << "'\n";
    }
    out << plots << "\n";
    return {out.str(), 760, 430};
}

}  // namespace tepui::cli
