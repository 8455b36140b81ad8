// The verdicts on the splits of one neuron into two or three, on a lattice of splitting coefficients.
#pragma once
#include <functional>
#include <span>

#include "cli/report/point.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/handles.hpp"
#include "cli/support/progress.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui::cli {

// What a map has to know of a split.
struct MappedSplit {
    std::vector<double> gamma;
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::zero_inner_hessian;
    Json index = Json::object();  // Morse index and nullity, and their bounds
    Json way;                     // predicted and measured change of the loss; null: none
};

// The splits whose coefficients have the same signs: an open part of the plateau, or a part of its boundary,
// where some coefficient is zero. Theory gives all of them the same Morse index and nearly always the same
// verdict; those that differ are counted.
struct PlateauPart {
    std::vector<int> signs;  // of each gamma: -1, 0, 1
    std::size_t splits = 0;
    Verdict verdict = Verdict::undetermined;  // of most of them, and its rule
    Rule rule = Rule::zero_inner_hessian;
    std::size_t others = 0;  // splits with another verdict
    Json index;
    double least_fall = 0.0, largest_fall = 0.0;  // of the loss along the best escapes; 0: none

    bool boundary() const;
    std::string name() const;  // "Gamma+", "Gamma-", "mixed signs", "boundary"
};

struct PlateauMap {
    std::int64_t daughters = 2;
    std::int64_t steps = 0;           // lattice: every gamma is a multiple of 1 / steps
    double lower = 0.0;               // each gamma is at least that
    std::vector<MappedSplit> splits;  // gamma_1 outermost, ascending
    std::vector<PlateauPart> parts;   // parts[part_of[index]] holds splits[index]
    std::vector<std::size_t> part_of;
    // Ways down are sought where every gamma but the last is a multiple of stride / steps, and where the last
    // is zero.
    std::int64_t stride = 1;

    // Splits whose ways down were sought.
    std::size_t searched() const;
    bool searched(const MappedSplit& split) const;
    double upper() const { return 1.0 - double(daughters - 1) * lower; }
};

// Fills in what is known of these splits, with their ways down or without.
using JudgeSplits = std::function<void(std::span<MappedSplit*> splits, bool ways_down)>;
// Of a neuron of a network of one output, as analysed; the context is left without asking for ways down.
JudgeSplits judge_by(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron);
// Of a network of several outputs.
JudgeSplits judge_by(tepui_context* context, const tepui_dataset* dataset, const tepui_model_verdict* verdict,
                     std::int64_t neuron);

// steps 0: a number that suits a picture. Ways down are sought for as many splits as a picture can show.
PlateauMap map_plateau(const JudgeSplits& judge, std::int64_t daughters, std::int64_t steps,
                       Progress& progress);

// How far the loss falls on the way down that was measured; 0 where there is none.
double fall_of(const MappedSplit& split);

// The point and the plateau in words: what a title says.
struct PlateauReport {
    Report head;
    Json point;  // the network as a whole, and its distinct neurons in the space of the inputs
    std::string point_description;
    std::int64_t neuron = 0;             // as asked for, of the network as given
    std::int64_t distinct = 0;           // the neuron of the reduced network that it is, alone or with others
    std::vector<std::int64_t> together;  // all that are that one, as numbered in the network as given
    PlateauMap map;

    const Json& parent() const { return point["neurons"][std::size_t(distinct)]; }
    // "neuron 0", "neurons 0, 2 and 3, which are one,"
    std::string subject() const;
};
std::string plateau_as_text(const PlateauReport& report);
std::string plateau_as_json(const PlateauReport& report);
Figure plateau_figure(const PlateauReport& report);

}  // namespace tepui::cli
