// A student of the teacher's width learns it exactly (a global minimum); a narrower one gets stuck at a loss,
// and the library names the split of it that leads further down.
#include <tepui/tepui.h>

#include <cmath>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

template <auto destroy>
struct Destroy {
    template <class T>
    void operator()(T* handle) const {
        destroy(handle);
    }
};
using Context = std::unique_ptr<tepui_context, Destroy<tepui_context_destroy>>;
using Activation = std::unique_ptr<tepui_activation, Destroy<tepui_activation_destroy>>;
using Dataset = std::unique_ptr<tepui_dataset, Destroy<tepui_dataset_destroy>>;
using Solution = std::unique_ptr<tepui_solution, Destroy<tepui_solution_destroy>>;
using Analysis = std::unique_ptr<tepui_analysis, Destroy<tepui_analysis_destroy>>;

void must(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

template <class Owner, class Make>
Owner make(tepui_context* context, Make&& call) {
    typename Owner::pointer handle = nullptr;
    must(call(&handle) == TEPUI_OK, context == nullptr ? "no context" : tepui_context_message(context));
    return Owner(handle);
}

void run() {
    const auto owner = make<Context>(nullptr, [](auto** made) { return tepui_context_create(made); });
    tepui_context* context = owner.get();
    must(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK,
         "ways down can be asked for");
    std::vector<double> x, y;
    for (int k = 0; k < 60; ++k) {
        const double t = -3.0 + 0.1 * k;
        x.push_back(t);
        y.push_back(1.5 * std::tanh(2.0 * t) - std::tanh(0.5 * t));
    }
    const auto sigma = make<Activation>(
        context, [&](auto** made) { return tepui_activation_create(context, TEPUI_ACTIVATION_TANH, made); });
    const auto data = make<Dataset>(context, [&](auto** made) {
        return tepui_dataset_create(context, 60, 1, x.data(), 1, y.data(), nullptr, TEPUI_DATASET_BORROW,
                                    made);
    });
    for (const int width : {1, 2}) {
        const auto fits = make<Solution>(
            context, [&](auto** made) { return tepui_solve(context, data.get(), sigma.get(), width, made); });
        must(tepui_solution_points(fits.get()) > 0, "no start converged");
        const auto point = make<Analysis>(context, [&](auto** made) {
            return tepui_analyze(context, data.get(), tepui_solution_point(fits.get(), 0), made);
        });
        const tepui_report* report = nullptr;
        must(tepui_analysis_report(context, point.get(), &report) == TEPUI_OK,
             tepui_context_message(context));
        const auto real = [&](const char* path) {
            double value = 0.0;
            must(tepui_report_real(context, report, path, &value) == TEPUI_OK,
                 tepui_context_message(context));
            return value;
        };
        std::int32_t global = -1;
        must(tepui_report_boolean(context, report, "global", &global) == TEPUI_OK,
             tepui_context_message(context));
        std::printf("width %d: loss %.3e, %s\n", width, real("loss"),
                    tepui_name(TEPUI_WORDS_VERDICT, tepui_analysis_verdict(point.get())));
        must(tepui_analysis_verdict(point.get()) == TEPUI_VERDICT_LOCAL_MINIMUM,
             "a local minimum is expected");
        must(global == (width == 2 ? 1 : 0), "only the teacher's width fits exactly");
        if (width == 2) continue;
        must(tepui_analysis_escape(point.get(), 0) != nullptr, "a neuron's split must lead down");
        const double measured = real("neurons/0/best_escape/witness/measured");
        std::printf("    split by (%g, %g): the loss falls by %.3e\n", real("neurons/0/best_escape/gamma/0"),
                    real("neurons/0/best_escape/gamma/1"), -measured);
        must(measured < 0.0, "the escape must descend");
    }
}

}  // namespace

int main() {
    try {
        run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
