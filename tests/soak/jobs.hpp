// What the soak repeats: calls of every kind, each with a digest of the bits of its results.
#pragma once
#include <bit>
#include <cstdint>
#include <vector>

#include "cli/support/handles.hpp"

namespace tepui::test {

// FNV-1a over whatever a call gives.
class Digest {
  public:
    void add(std::uint64_t word) {
        for (int byte = 0; byte < 8; ++byte)
            value_ = (value_ ^ ((word >> (8 * byte)) & 255)) * 1099511628211u;
    }
    void add(std::int64_t number) { add(std::uint64_t(number)); }
    void add(std::int32_t number) { add(std::int64_t(number)); }
    void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
    void add(const char* text) {
        for (; *text != '\0'; ++text) add(std::int64_t(*text));
    }
    void add(const double* numbers, std::int64_t count) {
        for (std::int64_t l = 0; l < count; ++l) add(numbers[l]);
    }
    void add(const std::vector<double>& numbers) { add(numbers.data(), std::int64_t(numbers.size())); }
    void add(const tepui_network* network) {
        add(tepui_network_parameters(network), tepui_network_parameter_count(network));
    }
    void add(const tepui_witness* witness) { add(tepui_witness_parameter_count(witness)); }
    // All that is known of a result.
    template <class Handle>
    void add(tepui_context* context,
             tepui_status (*report_of)(tepui_context*, const Handle*, const tepui_report**),
             const Handle* handle) {
        const tepui_report* report = nullptr;
        const char* json = nullptr;
        cli::require(context, report_of(context, handle, &report));
        cli::require(context, tepui_report_json(context, report, &json));
        add(json);
    }
    std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 14695981039346656037u;
};

// Read by all threads at once.
struct Shared {
    std::vector<double> x, y;
    cli::ActivationHandle tanh, relu;
    cli::DatasetHandle data;
    cli::NetworkHandle point, kinked;  // stationary
    Shared();
};

struct Job {
    const char* name;
    void (*run)(const Shared& shared, tepui_context* context, Digest& digest);
};
const std::vector<Job>& jobs();

}  // namespace tepui::test
