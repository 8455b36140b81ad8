// The branches of a critical set as a script for gnuplot: a box each, as high as its dimension, joined where
// branches meet; below, the ways down that were measured.
#include <algorithm>

#include "cli/critical_set/critical_set.hpp"
#include "cli/report/phrases.hpp"
#include "cli/support/figure_style.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_streams.hpp"
#include "vocabulary/critical_set.hpp"

namespace tepui::cli {
namespace {

Verdict leading_verdict(BranchContent content) {
    switch (content) {
        case BranchContent::saddles:
        case BranchContent::some_saddles:
            return Verdict::saddle;
        case BranchContent::undetermined:
            return Verdict::undetermined;
        case BranchContent::global_minima:
        case BranchContent::local_minima:
        case BranchContent::minima_and_saddles:
        case BranchContent::some_minima:
            return Verdict::local_minimum;
    }
    return Verdict::undetermined;
}

std::string title(const CriticalSetReport& report) {
    return "Critical set in width " + report.set["wide_width"].dump() + " of a function of " +
           counted(report.set["narrow_width"].get<std::int64_t>(), "neuron");
}

std::string subtitle(const CriticalSetReport& report) {
    return file_name_of(report.head.file) + " → " + report.head.target + ", " + report.head.activation +
           ", " + report.point_description + ": loss " +
           significant(real_of(report.set["point"]["loss"]), 6) + ", " +
           verdict_phrase(report.set["point"]["verdict"]) + ", N = " + report.set["narrow_nullity"].dump();
}

std::string count_label(const std::string& digits) {
    if (digits.size() <= 7) return digits + (digits == "1" ? " piece" : " pieces");
    return digits.substr(0, 1) + "." + digits.substr(1, 1) + "·10^{" + std::to_string(digits.size() - 1) +
           "} pieces";
}

// Halves of one box when both minima and saddles are on a branch.
std::string box(const CriticalSetReport& report, std::size_t l, double half, double high, int& object) {
    const Json& branch = report.branches()[l];
    const double x = double(l), y = real_of(branch["dimension"]);
    TextWriter out;
    out.precision(10);
    const auto area = [&](double from, double to, const VerdictStyle& style) {
        const auto one = [&](const std::string& fill) {
            out << "set object " << ++object << " rectangle from " << from << "," << y - high << " to " << to
                << "," << y + high << " front " << fill << " noborder\n";
        };
        one("fillcolor rgb '" + std::string(style.tint) + "' fillstyle solid 1");
        if (style.hatching >= 0)
            one("fillcolor rgb '" + std::string(style.hatch) + "' fillstyle transparent pattern " +
                std::to_string(style.hatching));
    };
    const BranchContent content = value_named<BranchContent>(text_of(branch["content"])).value();
    const VerdictStyle style = verdict_style(leading_verdict(content));
    const bool both = content == BranchContent::minima_and_saddles;
    area(x - half, both ? x : x + half, style);
    if (both) area(x, x + half, verdict_style(Verdict::saddle));
    out << "set object " << ++object << " rectangle from " << x - half << "," << y - high << " to "
        << x + half << "," << y + high << " front fillstyle empty border linecolor rgb '" << style.line
        << "' linewidth 1.6\n"
        << "set label \"{/:Bold C^{" << report.set["narrow_width"].dump() << "," << l << "}}  dimension "
        << branch["dimension"].dump() << "\\n"
        << phrase_of(content)
        << (branch["existence"] == "open" ? ", if any: may be empty"
                                          : (branch["reached"].get<bool>() ? "" : " (none found)"))
        << "\\n"
        << count_label(text_of(branch["pieces"])) << "\" at " << x << "," << y
        << " center offset 0,0.9 front font ',10' textcolor rgb '#111111'\n";
    return out.str();
}

std::string meetings(const CriticalSetReport& report, double half) {
    TextWriter out;
    out.precision(10);
    for (std::size_t l = 1; l < report.branches().size(); ++l) {
        const double from = real_of(report.branches()[l - 1]["dimension"]),
                     to = real_of(report.branches()[l]["dimension"]);
        out << "set arrow from " << double(l) - 1.0 + half << "," << from << " to " << double(l) - half << ","
            << to
            << " heads size 0.05,20 filled linewidth 1.4 linecolor rgb '#333333' back\nset label \"meet "
               "in\\ndim. "
            << report.branches()[l]["meeting_dimension"].dump() << "\" at " << double(l) - 0.5 << ","
            << 0.5 * (from + to) << " center offset 0,1.6 front font ',9' textcolor rgb '#333333'\n";
    }
    return out.str();
}

// A block of samples per verdict: number of null neurons, fall of the loss.
std::string samples(const CriticalSetReport& report, const std::string& range) {
    TextWriter out;
    out.precision(10);
    std::string plots;
    for (const Verdict verdict : {Verdict::local_minimum, Verdict::saddle, Verdict::undetermined}) {
        const std::string block = "$samples" + std::to_string(int(verdict));
        const VerdictStyle style = verdict_style(verdict);
        TextWriter rows;
        rows.precision(10);
        for (std::size_t l = 0; l < report.branches().size(); ++l) {
            const Json& all = report.branches()[l]["samples"];
            for (std::size_t index = 0; index < all.size(); ++index)
                if (all[index]["verdict"] == name_of(verdict))
                    rows << double(l) + 0.5 * (double(index) + 0.5) / double(all.size()) - 0.25 << " "
                         << -real_of(all[index]["fall"]) << "\n";
        }
        if (rows.str().empty()) continue;
        out << block << " << EOD\n" << rows.str() << "EOD\n";
        plots += (plots.empty() ? "plot " : ", \\\n     ") + block + " using 1:2 with points pointtype " +
                 std::to_string(style.shape) + " pointsize 0.9 linecolor rgb '" + style.line + "' title '" +
                 style.name + "'";
    }
    if (plots.empty()) return "";
    return out.str() + range + plots + "\n";
}

}  // namespace

Figure critical_set_figure(const CriticalSetReport& report) {
    const double count = double(report.branches().size());
    double low = real_of(report.branches().front()["dimension"]), high = low;
    bool sampled = false;
    for (const Json& branch : report.branches()) {
        low = std::min(low, real_of(branch["dimension"]));
        high = std::max(high, real_of(branch["dimension"]));
        sampled = sampled || !branch["samples"].empty();
    }
    const double half = 0.36, box_high = std::max(0.10 * (high - low + 2.0), 0.3);
    const std::string across = "set xrange [-0.5:" + with_decimals(count - 0.5, 1) + "]\nset xtics 0," +
                               std::to_string(std::max<std::size_t>(1, report.branches().size() / 12)) + "," +
                               std::to_string(report.branches().size() - 1) + " nomirror out\nset border 3\n";
    TextWriter out;
    out.precision(10);
    out << "set multiplot\nset label 1000 " << plain_text(title(report))
        << " at screen 0.5, screen 0.965 center font ',14'\nset label 1001 " << plain_text(subtitle(report))
        << " at screen 0.5, screen 0.925 center font ',9.5' textcolor '#333333'\n"
        << across << "set lmargin at screen 0.11\nset rmargin at screen 0.98\nset tmargin at screen 0.89\n"
        << "set bmargin at screen " << (sampled ? 0.42 : 0.10) << "\nset yrange ["
        << low - std::max(0.75, 2.0 * box_high) << ":" << high + std::max(0.75, 2.0 * box_high)
        << "]\nset ylabel 'dimension of the branch' offset 1,0\nset ytics 1 nomirror out\n"
        << (high - low > 10.0 ? "set ytics autofreq\n" : "") << "unset key\n";
    if (!sampled) out << "set xlabel 'l, number of null neurons'\n";
    int object = 0;
    for (std::size_t l = 0; l < report.branches().size(); ++l) out << box(report, l, half, box_high, object);
    out << meetings(report, half) << "plot NaN notitle\nunset label\nunset arrow\nunset object\n";
    if (sampled)
        out << samples(report,
                       across +
                           "set tmargin at screen 0.36\nset bmargin at screen 0.14\nset autoscale y\n"
                           "set offsets 0,0,graph 0.12,graph 0.08\nset ytics autofreq nomirror out\n"
                           "set xlabel 'l, number of null neurons' offset 0,0.4\n"
                           "set ylabel \"change of the loss L,\\nbest way down, measured\" offset 1,0\n"
                           "set key at screen 0.5, screen 0.005 center bottom horizontal Left reverse "
                           "samplen 1\n");
    out << "unset multiplot\n";
    return {out.str(), std::clamp(int(150.0 * count) + 120, 620, 1400), sampled ? 620 : 420};
}

}  // namespace tepui::cli
