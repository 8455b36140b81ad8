#include "cli/report/point.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

void judge_split(tepui_context* context, const tepui_directional* verdict, std::size_t neuron,
                 const std::vector<double>& gamma, const PointRequest& asked, Point& point) {
    Json& report = point.json["neurons"][neuron];
    std::vector<double> outputs;
    outputs.reserve(gamma.size());
    for (const double share : gamma) outputs.push_back(share * real_of(report["a"]));
    tepui_directional_embedding* raw = nullptr;
    require(context, tepui_classify_replication(context, verdict, std::int64_t(neuron),
                                                std::int64_t(gamma.size()), nullptr, outputs.data(), &raw));
    const EmbeddingHandle embedding(raw);
    Json split = {{"gamma", gamma}};
    split.update(told(context, tepui_directional_embedding_report, raw));
    report["splits"].push_back(std::move(split));
    const Json& splits = report["splits"];
    keep_way(context, asked, tepui_directional_embedding_witness(raw), splits.back(),
             "_neuron_" + std::to_string(neuron) + "_split_" + std::to_string(splits.size()), point);
}

}  // namespace

Point judge_directional(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                        const PointRequest& asked, Timings& timings) {
    tepui_directional* raw = nullptr;
    require(context, tepui_classify_directional(context, dataset, network, nullptr, nullptr, &raw));
    const DirectionalHandle verdict(raw);
    require_no_smoothness(asked);
    const SplitRequest& splits = asked.splits;
    Point point{told(context, tepui_directional_report, raw), {}};
    keep_way(context, asked, tepui_directional_witness(raw), point.json, "", point);
    for (std::size_t i = 0; i < point.json["neurons"].size() && point.stationary(); ++i)
        for (std::size_t j = 0; j < splits.gammas.size() && splits.asks_for(std::int64_t(i)); ++j)
            judge_split(context, raw, i, splits.gammas[j], asked, point);
    timings.add("directional derivatives");
    return point;
}

}  // namespace tepui::cli
