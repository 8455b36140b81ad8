// What is asked of the library about the splits of a plateau.
#include "cli/plateau/map.hpp"
#include "cli/report/model_verdict.hpp"

namespace tepui::cli {
namespace {

void take_index(const Json& from, MappedSplit& split) {
    for (const char* name : {"morse_index", "morse_index_bounds", "nullity", "nullity_bounds"})
        split.index[name] = from[name];
}

void take_way(const Json& witness, MappedSplit& split) {
    if (witness.is_null()) return;
    split.way = Json::object();  // null would half become one where memory ends
    for (const char* name : {"predicted", "measured", "measured_error"}) split.way[name] = witness[name];
}

}  // namespace

JudgeSplits judge_by(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron) {
    return [=](std::span<MappedSplit*> splits, bool ways_down) {
        require(context, tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN,
                                                   ways_down ? TEPUI_WAYS_DOWN_ALL : TEPUI_WAYS_DOWN_NEEDED));
        SplitArrays arrays;
        for (const MappedSplit* split : splits) arrays.add(neuron, split->gamma);
        std::vector<tepui_split_verdict*> raw(splits.size(), nullptr);
        require(context, tepui_classify_each_split(context, analysis, arrays.count(), arrays.neurons.data(),
                                                   arrays.offsets.data(), arrays.gammas.data(), raw.data()));
        const std::vector<SplitVerdictHandle> verdicts(raw.begin(), raw.end());
        for (std::size_t q = 0; q < splits.size(); ++q) {
            const Json report = told(context, tepui_split_verdict_report, raw[q]);
            splits[q]->verdict = Verdict{tepui_split_verdict_verdict(raw[q])};
            splits[q]->rule = Rule{tepui_split_verdict_rule(raw[q])};
            take_index(report, *splits[q]);
            take_way(report["witness"], *splits[q]);
        }
    };
}

JudgeSplits judge_by(tepui_context* context, const tepui_dataset* dataset, const tepui_model_verdict* verdict,
                     std::int64_t neuron) {
    return [=](std::span<MappedSplit*> splits, bool ways_down) {
        for (MappedSplit* split : splits) {
            const Json report = layer_split_json(context, verdict, neuron, split->gamma);
            split->verdict = value_named<Verdict>(text_of(report["verdict"])).value();
            split->rule = value_named<Rule>(text_of(report["rule"])).value();
            take_index(report["index"], *split);
            if (!ways_down || split->verdict != Verdict::saddle) continue;
            SplitArrays one;
            one.add(neuron, split->gamma);
            const ModelVerdictHandle wide = model_split(context, dataset, verdict, one);
            take_way(told(context, tepui_model_verdict_report, wide.get())["witness"], *split);
        }
    };
}

}  // namespace tepui::cli
