// The handles of a random sequence of calls, and what each call has to keep to.
#pragma once
#include <algorithm>

#include "fuzz/call_pool.hpp"
#include "fuzz/call_questions.hpp"

namespace tepui::test {

class Handles {
  public:
    explicit Handles(Bytes& bytes) : bytes_(bytes), arrays_(bytes), context_(cli::make_context()) {}

  protected:
    bool check(tepui_status status) {
        require_status(context_.get(), status);
        return status == TEPUI_OK;
    }
    template <class Handle, class PoolOfIt, class Make>
    void make(PoolOfIt& pool, const Make& call) {
        Handle* made = nullptr;
        if (check(call(&made))) {
            require_that(made != nullptr, "a success makes a handle");
            pool.add(made);
        } else {
            require_that(made == nullptr, "a refusal makes no handle");
        }
    }
    // count: of the numbers that the call writes.
    template <class Call>
    void write(std::int64_t count, const Call& call) {
        count = std::max<std::int64_t>(count, 0);
        constexpr double untouched = -7.25;
        double* const out = arrays_.room(count);
        std::fill(out, out + count, untouched);
        if (!check(call(out)))
            require_that(std::all_of(out, out + count, [](double value) { return value == untouched; }),
                         "a refusal leaves its outputs alone");
    }
    // Now and then null.
    const double* or_null(const double* array) { return bytes_.next() == 255 ? nullptr : array; }

    Bytes& bytes_;
    Arrays arrays_;
    std::vector<std::unique_ptr<float[]>> singles_;
    tepui::cli::Context context_;
    Pool<tepui_activation, tepui_activation_destroy> activations_;
    Pool<tepui_dataset, tepui_dataset_destroy> datasets_;
    Pool<tepui_network, tepui_network_destroy> networks_;
    Pool<tepui_analysis, tepui_analysis_destroy> analyses_;
    Pool<tepui_split_verdict, tepui_split_verdict_destroy> verdicts_;
    Pool<tepui_network_verdict, tepui_network_verdict_destroy> network_verdicts_;
    Pool<tepui_reduction, tepui_reduction_destroy> reductions_;
    Pool<tepui_solution, tepui_solution_destroy> solutions_;
    Pool<tepui_critical_set, tepui_critical_set_destroy> sets_;
    Pool<tepui_directional, tepui_directional_destroy> directionals_;
    Pool<tepui_directional_embedding, tepui_directional_embedding_destroy> embeddings_;
    Pool<tepui_several_outputs, tepui_several_outputs_destroy> several_;
    Pool<tepui_certificate, tepui_certificate_destroy> certificates_;
    Pool<tepui_trace, tepui_trace_destroy> traces_;
};

}  // namespace tepui::test
