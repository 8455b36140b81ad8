#include "cli/options/embedding_file.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"
#include "vocabulary/networks.hpp"

namespace tepui::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format = 1;  // counts breaks of the schema

std::vector<double> row_of(const std::vector<double>& rows, std::size_t i, std::int64_t length) {
    const auto row = rows.begin() + std::ptrdiff_t(i) * length;
    return {row, row + length};
}

// The number of one output, the list of several.
void add_outputs(const EmbeddingPlaces& places, std::size_t i, Json& json) {
    if (places.output_count == 1)
        json["output"] = places.outputs[i];
    else
        json["outputs"] = row_of(places.outputs, i, places.output_count);
}

// Fields depend on the role: each holds what that kind of neuron has and nothing else.
Json neuron_json(const EmbeddingPlaces& places, std::size_t i) {
    Json json = {{"neuron", i}, {"role", name_of(NeuronRole{places.roles[i]})}};
    switch (NeuronRole{places.roles[i]}) {
        case NeuronRole::daughter: {
            json.update(Json{
                {"parent", places.groups[i]}, {"sign", places.signs[i]}, {"gamma", places.coefficients[i]}});
            const std::vector<double> beside = row_of(places.outputs, i, places.output_count);
            if (std::any_of(beside.begin(), beside.end(), [](double value) { return value != 0.0; }))
                add_outputs(places, i, json);
            break;
        }
        case NeuronRole::cancelled:
            json.update(Json{{"group", places.groups[i]}, {"sign", places.signs[i]}});
            add_outputs(places, i, json);
            json["weights"] = row_of(places.free_weights, i, places.inputs);
            break;
        case NeuronRole::idle:
            add_outputs(places, i, json);
            break;
        case NeuronRole::null:
            json["weights"] = row_of(places.free_weights, i, places.inputs);
    }
    return json;
}

class Reader {
  public:
    Reader(const std::string& path, const NarrowSizes& narrow) : path_(path), narrow_(narrow) {}

    EmbeddingPlaces read() {
        const Json json = parse();
        EmbeddingPlaces places;
        where_ = path_;
        integer(json, "format", format, format, std::to_string(format) + " (which this version reads)");
        places.activation = field<std::string>(json, "activation", "a name");
        places.narrow_width = integer(json, "narrow_width", 0, most_, "a number of neurons");
        places.inputs = integer(json, "inputs", 1, most_, "a number of inputs");
        // Held against the network at hand before room is made for so many.
        if (places.narrow_width != narrow_.width || places.inputs != narrow_.inputs)
            fail("is about " + counted(places.narrow_width, "neuron") + " of " +
                 counted(places.inputs, "input") + ", but the weights are of " +
                 counted(narrow_.width, "neuron") + " of " + counted(narrow_.inputs, "input"));
        places.output_count = narrow_.outputs;
        const auto neurons = json.find("neurons");
        if (neurons == json.end() || !neurons->is_array()) fail("\"neurons\", a list, is missing");
        for (const Json& neuron : *neurons) {
            where_ = path_ + ": neuron " + std::to_string(places.wide_width());
            add(neuron, places);
        }
        return places;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const { throw UserError(where_ + ": " + what); }

    Json parse() const {
        std::ifstream stream(path_, std::ios::binary);
        if (!stream) throw UserError(path_ + ": cannot be opened for reading");
        // The file, its neurons, a neuron, its weights: 4 deep.
        const auto shallow = [this](int depth, Json::parse_event_t, const Json&) {
            if (depth > 16) throw UserError(path_ + ": is nested deeper than any embedding");
            return true;
        };
        try {
            return Json::parse(stream, shallow);
        } catch (const Json::exception& error) {
            throw UserError(path_ + ": cannot be read as JSON: " + error.what());
        }
    }

    // The named entry; where there is none, the message says what is expected.
    const Json& entry(const Json& json, const char* name, const std::string& expected) const {
        if (!json.is_object() || !json.contains(name))
            fail(std::string("\"") + name + "\", " + expected + ", is missing");
        return json.at(name);
    }

    template <class Value>
    Value field(const Json& json, const char* name, const char* expected) const {
        const Json& value = entry(json, name, expected);
        bool good = value.is_string();
        if constexpr (std::is_floating_point_v<Value>) {
            good = value.is_number();
        } else if constexpr (!std::is_same_v<Value, std::string>) {
            good = value.is_array() &&
                   std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number(); });
        }
        if (!good) fail(std::string("\"") + name + "\" is not " + expected);
        return value.get<Value>();
    }

    std::int64_t integer(const Json& json, const char* name, std::int64_t least, std::int64_t most,
                         const std::string& expected) const {
        const Json& value = entry(json, name, expected);
        const bool huge =
            value.is_number_unsigned() &&
            value.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max());
        if (!value.is_number_integer() || huge || value.get<std::int64_t>() < least ||
            value.get<std::int64_t>() > most)
            fail(std::string("\"") + name + "\" is " + shown(value) + ", " + expected + " is expected");
        return value.get<std::int64_t>();
    }
    std::int32_t sign(const Json& neuron) const {
        if (!neuron.contains("sign")) return 1;
        const std::int64_t value = integer(neuron, "sign", -1, 1, "1 or -1");
        if (value == 0) fail("\"sign\" is 0, 1 or -1 is expected");
        return std::int32_t(value);
    }
    double number(const Json& neuron, const char* name) const {
        return field<double>(neuron, name, "a number");
    }
    std::vector<double> list(const Json& neuron, const char* name, std::int64_t length) const {
        auto row = field<std::vector<double>>(neuron, name, "a list of numbers");
        if (std::int64_t(row.size()) != length)
            fail(std::string("\"") + name + "\" has " + std::to_string(row.size()) + " numbers, " +
                 std::to_string(length) + " are expected");
        return row;
    }
    std::vector<double> weights(const Json& neuron) const { return list(neuron, "weights", narrow_.inputs); }
    std::vector<double> outputs(const Json& neuron) const {
        if (narrow_.outputs == 1) return {number(neuron, "output")};
        return list(neuron, "outputs", narrow_.outputs);
    }

    void add(const Json& neuron, EmbeddingPlaces& places) const {
        const auto name = field<std::string>(neuron, "role", "a name");
        const std::optional<NeuronRole> role = value_named<NeuronRole>(name);
        if (!role) fail("role \"" + name + "\" is none of daughter, null, cancelled, idle");
        switch (*role) {
            case NeuronRole::daughter: {
                const auto parent =
                    integer(neuron, "parent", 0, narrow_.width - 1, "a neuron of the narrow network, from 0");
                const bool beside = neuron.contains(narrow_.outputs == 1 ? "output" : "outputs");
                return places.add(TEPUI_NEURON_DAUGHTER, parent, sign(neuron), number(neuron, "gamma"),
                                  beside ? outputs(neuron) : std::vector<double>(), {});
            }
            case NeuronRole::cancelled: {
                const auto group = integer(neuron, "group", 0, most_, "the number of its group, from 0");
                return places.add(TEPUI_NEURON_CANCELLED, group, sign(neuron), 0.0, outputs(neuron),
                                  weights(neuron));
            }
            case NeuronRole::null:
                return places.add(TEPUI_NEURON_NULL, -1, 1, 0.0, {}, weights(neuron));
            case NeuronRole::idle:
                return places.add(TEPUI_NEURON_IDLE, -1, 1, 0.0, outputs(neuron), {});
        }
    }

    static std::string shown(const Json& value) {
        const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        return text.size() > 40 ? text.substr(0, 40) + "..." : text;
    }

    static constexpr std::int64_t most_ = std::int64_t(1) << 40;  // far more than memory holds
    std::string path_, where_;
    NarrowSizes narrow_;
};

}  // namespace

void EmbeddingPlaces::add(tepui_neuron_role role, std::int64_t group, std::int32_t sign, double gamma,
                          const std::vector<double>& of_outputs, const std::vector<double>& weights) {
    roles.push_back(role);
    groups.push_back(group);
    signs.push_back(sign);
    coefficients.push_back(gamma);
    outputs.insert(outputs.end(), of_outputs.begin(), of_outputs.end());
    outputs.resize(roles.size() * std::size_t(output_count), 0.0);
    free_weights.insert(free_weights.end(), weights.begin(), weights.end());
    free_weights.resize(roles.size() * std::size_t(inputs), 0.0);
}

EmbeddingPlaces places_of(const tepui_reduction* reduction, const std::string& activation) {
    const tepui_network* narrow = tepui_reduction_network(reduction);
    const std::int64_t width = tepui_reduction_neurons(reduction);
    const auto copied = [](auto* values, std::int64_t count) { return std::vector(values, values + count); };
    EmbeddingPlaces places;
    places.activation = activation;
    places.narrow_width = tepui_network_width(narrow);
    places.inputs = tepui_network_inputs(narrow);
    places.output_count = tepui_network_outputs(narrow);
    places.roles = copied(tepui_reduction_roles(reduction), width);
    places.groups = copied(tepui_reduction_groups(reduction), width);
    places.signs = copied(tepui_reduction_signs(reduction), width);
    places.coefficients = copied(tepui_reduction_coefficients(reduction), width);
    places.outputs = copied(tepui_reduction_outputs(reduction), width * places.output_count);
    places.free_weights = copied(tepui_reduction_free_weights(reduction), width * places.inputs);
    return places;
}

NetworkHandle embed(tepui_context* context, const tepui_network* narrow, const EmbeddingPlaces& places) {
    tepui_network* raw = nullptr;
    require(context,
            tepui_embed_outputs(context, narrow, std::int64_t(places.wide_width()), places.roles.data(),
                                places.groups.data(), places.signs.data(), places.coefficients.data(),
                                places.outputs.data(), places.free_weights.data(), places.inputs, &raw));
    return NetworkHandle(raw);
}

nlohmann::ordered_json embedding_json(const EmbeddingPlaces& places) {
    Json neurons = Json::array();
    for (std::size_t i = 0; i < places.wide_width(); ++i) neurons.push_back(neuron_json(places, i));
    return {{"tepui", tepui_version()},        {"format", format},
            {"activation", places.activation}, {"narrow_width", places.narrow_width},
            {"inputs", places.inputs},         {"neurons", std::move(neurons)}};
}

EmbeddingPlaces read_embedding(const std::string& path, const NarrowSizes& narrow) {
    return Reader(path, narrow).read();
}

}  // namespace tepui::cli
