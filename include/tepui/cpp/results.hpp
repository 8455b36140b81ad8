// What results have in common, and searches, critical sets, reductions, traces and witnesses; part of
// tepui.hpp.
#ifndef TEPUI_CPP_RESULTS_HPP
#define TEPUI_CPP_RESULTS_HPP

#include <optional>

#include "problem.hpp"

namespace tepui {

// A result with a report.
template <class T, auto tell>
class Told : public Handle<T> {
  public:
    Report report() const {
        const tepui_report* told = nullptr;
        context_.check(tell(context_.get(), this->get(), &told));
        return {context_, this->shared(), told};
    }

  protected:
    explicit Told(Context context) : context_(std::move(context)) {}
    template <class Owner>
    Told(Context context, const std::shared_ptr<Owner>& owner, const T* handle)
        : Handle<T>(owner, handle), context_(std::move(context)) {}

    // The network at a place, borrowed.
    Network network_at(const tepui_network* network, const char* what, std::int64_t index) const {
        if (network == nullptr) {
            throw Error(TEPUI_ERROR_INVALID_SIZE,
                        std::string("there is no ") + what + " " + std::to_string(index));
        }
        return Network(this->shared(), network);
    }

    Context context_;
};

// A curve along which the loss falls.
class Witness : public Told<tepui_witness, tepui_witness_report> {
  public:
    template <class Owner>
    Witness(Context context, const std::shared_ptr<Owner>& owner, const tepui_witness* witness)
        : Told(std::move(context), owner, witness) {}
    // The network on the curve at epsilon >= 0.
    Network network(double epsilon) const {
        return Network::made_by([&](auto** made) {
            context_.check(tepui_witness_network(context_.get(), get(), epsilon, made));
        });
    }
    // Where the line search found the loss to fall most.
    Network network() const { return network(report().real("epsilon")); }
};

// A result with a verdict, the rule that gave it, and ways down.
template <class T, auto verdict_of, auto rule_of, auto tell>
class Verdict : public Told<T, tell> {
  public:
    tepui_verdict verdict_number() const { return verdict_of(this->get()); }
    tepui_rule rule_number() const { return rule_of(this->get()); }
    const char* verdict() const { return tepui_name(TEPUI_WORDS_VERDICT, verdict_number()); }
    const char* rule() const { return tepui_name(TEPUI_WORDS_RULE, rule_number()); }
    // What the rule says, in a sentence.
    const char* why() const { return tepui_sentence(TEPUI_WORDS_RULE, rule_number()); }
    bool is_local_minimum() const { return verdict_number() == TEPUI_VERDICT_LOCAL_MINIMUM; }
    bool is_saddle() const { return verdict_number() == TEPUI_VERDICT_SADDLE; }

  protected:
    using Told<T, tell>::Told;
    // Nothing where there is none, or none was asked for (TEPUI_OPTION_WAYS_DOWN).
    std::optional<Witness> borrowed(const tepui_witness* witness) const {
        if (witness == nullptr) return std::nullopt;
        return Witness(this->context_, this->shared(), witness);
    }
};

// Stationary points from many starts, by ascending loss (solve.h).
class Solution : public Told<tepui_solution, tepui_solution_report> {
  public:
    Solution(Context context, const Dataset& data, const Activation& activation, std::int64_t width)
        : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_solve(context_.get(), data.get(), activation.get(), width, made));
            },
            tepui_solution_destroy);
    }
    // Random starts of networks like this one, of any model.
    static Solution like(const Context& context, const Dataset& data, const Network& network) {
        return Solution(context, data, network, tepui_solve_like);
    }
    // One start, from this network.
    static Solution from(const Context& context, const Dataset& data, const Network& network) {
        return Solution(context, data, network, tepui_solve_from);
    }
    std::int64_t points() const { return tepui_solution_points(get()); }
    Network point(std::int64_t index) const {
        return network_at(tepui_solution_point(get(), index), "point", index);
    }
    std::int64_t starts() const { return tepui_solution_starts(get()); }
    Network start_point(std::int64_t index) const {
        return network_at(tepui_solution_start_point(get(), index), "start", index);
    }

  private:
    template <class Solve>
    Solution(Context context, const Dataset& data, const Network& network, Solve solve)
        : Told(std::move(context)) {
        own([&](auto** made) { context_.check(solve(context_.get(), data.get(), network.get(), made)); },
            tepui_solution_destroy);
    }
};

// The branches of a point's function in a wider network (critical_set.h).
class CriticalSet : public Told<tepui_critical_set, tepui_critical_set_report> {
  public:
    CriticalSet(Context context, const Dataset& data, const Network& network, std::int64_t width,
                std::int64_t samples)
        : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(
                    tepui_map_critical_set(context_.get(), data.get(), network.get(), width, samples, made));
            },
            tepui_critical_set_destroy, data.shared());
    }
    Network minimal() const { return Network(shared(), tepui_critical_set_minimal(get())); }
    Network sample(std::int64_t branch, std::int64_t index) const {
        return network_at(tepui_critical_set_network(get(), branch, index), "sample", index);
    }
};

// A network reduced to its distinct neurons (reduction.h); by what the samples see, or by the weights alone.
class Reduction : public Told<tepui_reduction, tepui_reduction_report> {
  public:
    Reduction(Context context, const Network& network, const Dataset& data)
        : Reduction(std::move(context), network, data.get()) {}
    Reduction(Context context, const Network& network) : Reduction(std::move(context), network, nullptr) {}
    Network network() const { return Network(shared(), tepui_reduction_network(get())); }

  private:
    Reduction(Context context, const Network& network, const tepui_dataset* data) : Told(std::move(context)) {
        own([&](auto** made) { context_.check(tepui_reduce(context_.get(), network.get(), data, made)); },
            tepui_reduction_destroy);
    }
};

// A run of gradient flow of ReLU-like neurons from vanishing weights (trace.h).
class Trace : public Told<tepui_trace, tepui_trace_report> {
  public:
    Trace(Context context, const Dataset& data, const Activation& activation, std::int64_t width,
          double initial_scale, std::int64_t max_steps)
        : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_trace_descent(context_.get(), data.get(), activation.get(), width,
                                                   initial_scale, max_steps, made));
            },
            tepui_trace_destroy);
    }
    // Of networks like this one, of any model.
    Trace(Context context, const Dataset& data, const Network& like, double initial_scale,
          std::int64_t max_steps)
        : Told(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(
                    tepui_trace_like(context_.get(), data.get(), like.get(), initial_scale, max_steps, made));
            },
            tepui_trace_destroy);
    }
    Network plateau(std::int64_t index) const {
        return network_at(tepui_trace_plateau_network(get(), index), "plateau", index);
    }
};

}  // namespace tepui

#endif
