// The report for programs. A figure that does not apply is null.
#include <nlohmann/json.hpp>

#include "row.hpp"

namespace tepui::bench {
namespace {

using Json = nlohmann::ordered_json;

Json row_json(const Row& row) {
    Json shape = Json::object();
    for (const auto& [name, value] : row.shape) shape[name] = value;
    const auto if_flops = [&](double figure) { return row.flops > 0.0 ? Json(figure) : Json(nullptr); };
    const auto if_rival = [&](double figure) { return row.rival.empty() ? Json(nullptr) : Json(figure); };
    return {{"kernel", row.kernel},
            {"shape", std::move(shape)},
            {"threads", row.threads},
            {"seconds", row.seconds},
            {"useful_flops", if_flops(row.flops)},
            {"ratio_to_peak", if_flops(row.ratio_to_peak())},
            {"rival", row.rival.empty() ? Json(nullptr) : Json(row.rival)},
            {"ratio_to_rival", if_rival(row.ratio_to_rival())},
            {"rival_seconds", if_rival(row.rival_seconds)},
            {"repetitions", row.repetitions},
            {"seconds_best", row.seconds_best},
            {"rival_seconds_best", if_rival(row.rival_seconds_best)},
            {"fma_peak", row.peak},
            {"ratio_to_tile", if_flops(row.ratio_to_tile)},
            {"undisturbed", row.undisturbed},
            {"ratio_to_peak_undisturbed",
             row.undisturbed > 0 ? if_flops(row.ratio_to_peak_undisturbed()) : Json(nullptr)}};
}

}  // namespace

std::string as_json(const Roofline& roofline) {
    const Machine& machine = roofline.machine;
    Json json = {{"format", 1},
                 {"machine",
                  {{"cpu", machine.cpu},
                   {"cores", machine.cores},
                   {"isa", machine.isa},
                   {"blas", machine.blas},
                   {"blas_kernels", machine.blas_kernels},
                   {"lapack", machine.lapack},
                   {"load_before", machine.load_before},
                   {"load_after", machine.load_after}}}};
    json["limits"] = Json::array();
    for (const MachineLimit& limit : roofline.limits)
        json["limits"].push_back({{"threads", limit.threads},
                                  {"fma_peak", limit.fma_peak},
                                  {"tile_rate", limit.tile_rate},
                                  {"memory_bandwidth", limit.memory_bandwidth}});
    json["rows"] = Json::array();
    for (const Row& row : roofline.rows) json["rows"].push_back(row_json(row));
    json["pass_memory"] = Json::array();
    for (const PassMemory& memory : roofline.memory)
        json["pass_memory"].push_back({{"samples", memory.samples}, {"bytes", memory.bytes}});
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tepui::bench
