#include "cli/data/npy_file.hpp"
#include "cli/report/output_directory.hpp"
#include "cli/report/report.hpp"

namespace tepui::cli {
namespace {

std::string of_scalings(const std::vector<Scaling>& scalings, double Scaling::*part) {
    std::vector<double> values;
    for (const Scaling& scaling : scalings) values.push_back(scaling.*part);
    return npy_content({std::int64_t(values.size())}, values.data());
}

void append(const Json& values, std::vector<double>& all) {
    for (const Json& value : values)
        if (value.is_array())
            append(value, all);
        else
            all.push_back(value.get<double>());
}

// Of {"W": [[...], ...], "a": ...} and, where they are, "b" and "C".
Weights weights_in(const Json& network, std::int64_t inputs, std::int64_t outputs) {
    Weights weights;
    weights.width = std::int64_t(network.at("W").size());
    weights.inputs = inputs;
    weights.outputs = outputs;
    append(network.at("W"), weights.w);
    append(network.at("a"), weights.a);
    append(network.value("b", Json::array()), weights.b);
    append(network.value("C", Json::array()), weights.c);
    return weights;
}

// What one needs to use the network again: it sees (value - mean) / scale, and its outputs are of targets
// seen so.
std::vector<NpzMember> telling(const Report& report) {
    const Preprocessing& seen = report.preprocessing;
    const double bias = report.bias ? 1.0 : 0.0;
    return {{"activation", npy_text(report.activation)},
            {"loss", npy_text(loss_text(report.loss))},
            {"bias", npy_content({}, &bias)},
            {"features", npy_texts(report.features)},
            {"feature_mean", of_scalings(seen.features, &Scaling::mean)},
            {"feature_scale", of_scalings(seen.features, &Scaling::scale)},
            {"outputs", npy_texts(report.outputs)},
            {"target_mean", of_scalings(seen.targets, &Scaling::mean)},
            {"target_scale", of_scalings(seen.targets, &Scaling::scale)}};
}

// Of a number, or of arrays of numbers that are all as long.
void add_array(const Json& value, const std::string& name, std::vector<NpzMember>& members) {
    std::vector<std::int64_t> shape;
    for (const Json* part = &value; part->is_array(); part = &part->front()) {
        shape.push_back(std::int64_t(part->size()));
        if (part->empty()) break;
    }
    std::vector<double> values;
    if (value.is_array())
        append(value, values);
    else
        values.push_back(real_of(value));
    members.push_back({name, npy_content(shape, values.data())});
}

// The limit network of an end: its units one by one under the names of the report, b and C where it has them,
// and how the loss comes to its own.
void add_limit(const Report& report, const Json& end, OutputDirectory& out) {
    const std::string stem = "end_" + end["end"].dump();
    std::vector<NpzMember> members;
    std::vector<std::string> kinds;
    for (std::size_t u = 0; u < end["units"].size(); ++u) {
        const Json& unit = end["units"][u];
        kinds.push_back(text_of(unit["kind"]));
        for (const char* name : {"neurons", "w", "v", "u", "q", "a", "c", "alpha", "beta", "kept"})
            if (unit.contains(name)) add_array(unit[name], "unit_" + std::to_string(u) + "_" + name, members);
    }
    members.push_back({"units", npy_texts(kinds)});
    for (const char* name : {"b", "C"})
        if (!end[name].is_null()) add_array(end[name], name, members);
    add_array(end["loss"], "limit_loss", members);
    for (const char* name : {"inverse_eps", "loss_change", "loss_change_error"})
        add_array(end["approach"][name], name, members);
    for (NpzMember& member : telling(report)) members.push_back(std::move(member));
    out.add(stem + ".npz", npz_content(members));
    if (!end["way"].is_null())
        out.add_network(stem + "_way", weights_in(end["way"], report.inputs, report.output_count()),
                        telling(report));
}

void write_files(const Report& report, const std::string& json, const std::string& directory) {
    std::vector<std::string> inputs = report.weight_files;
    inputs.push_back(report.file);
    OutputDirectory out(directory, inputs);
    out.add("report.json", json);
    for (std::size_t index = 0; index < report.points.size(); ++index) {
        const Point& point = report.points[index];
        const std::string stem = "point_" + std::to_string(index + 1);
        out.add_network(stem, weights_in(point.json, report.inputs, report.output_count()), telling(report));
        for (const Way& way : point.ways)
            out.add_network(stem + way.stem, weights_of(way.network.get()), telling(report));
    }
    if (!report.search.is_null())
        for (const Json& end : report.search["ends"]) add_limit(report, end, out);
    out.commit();
}

}  // namespace

void deliver(const Report& report, const OutputOptions& output, const std::function<void()>& more) {
    const std::string json =
        output.json || !output.directory.empty() ? report_as_json(report) : std::string();
    write_and_show(
        [&] {
            if (!output.directory.empty()) write_files(report, json, output.directory);
            if (more) more();
        },
        output.json ? json : report_as_text(report));
}

}  // namespace tepui::cli
