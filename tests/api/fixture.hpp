// Handles that clean up after themselves, a small problem, and what a refusal has to look like.
#pragma once

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "tepui/tepui.h"

namespace tepui::test {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kUntouched = -7.25;  // what output arrays hold before a call

template <auto destroy>
struct Destroy {
    template <class Handle>
    void operator()(Handle* handle) const noexcept {
        destroy(handle);
    }
};
using Activation_ = std::unique_ptr<tepui_activation, Destroy<tepui_activation_destroy>>;
using Dataset_ = std::unique_ptr<tepui_dataset, Destroy<tepui_dataset_destroy>>;
using Network_ = std::unique_ptr<tepui_network, Destroy<tepui_network_destroy>>;
using Reduction_ = std::unique_ptr<tepui_reduction, Destroy<tepui_reduction_destroy>>;
using Analysis_ = std::unique_ptr<tepui_analysis, Destroy<tepui_analysis_destroy>>;
using Certificate_ = std::unique_ptr<tepui_certificate, Destroy<tepui_certificate_destroy>>;
using SplitVerdict_ = std::unique_ptr<tepui_split_verdict, Destroy<tepui_split_verdict_destroy>>;
using Solution_ = std::unique_ptr<tepui_solution, Destroy<tepui_solution_destroy>>;

class Context {
  public:
    Context() { REQUIRE(tepui_context_create(&context_) == TEPUI_OK); }
    explicit Context(int64_t threads) : Context() {
        REQUIRE(tepui_context_set_integer(context_, TEPUI_OPTION_THREADS, threads) == TEPUI_OK);
    }
    Context(tepui_allocate_function allocate, tepui_release_function release) {
        REQUIRE(tepui_context_create_with_allocator(allocate, release, nullptr, &context_) == TEPUI_OK);
    }
    ~Context() { tepui_context_destroy(context_); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    operator tepui_context*() const { return context_; }
    std::string message() const { return tepui_context_message(context_); }

  private:
    tepui_context* context_ = nullptr;
};

// Its arrays are refused above 2^30 bytes, whatever a system that promises memory it lacks would say.
class ModestContext : public Context {
  public:
    ModestContext() : Context(allocate, release) {}

  private:
    static void* allocate(void*, std::size_t bytes, std::size_t alignment) {
        if (bytes > std::size_t{1} << 30) return nullptr;
        return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    }
    static void release(void*, void* memory) { std::free(memory); }
};

// A refusal has the right number and a sentence that holds all the words: the argument, its value, what is
// expected.
inline void check_refused(const Context& context, tepui_status got, tepui_status expected,
                          std::initializer_list<const char*> words) {
    INFO("message: " << context.message());
    CHECK(std::string(tepui_status_name(got)) == tepui_status_name(expected));
    for (const char* word : words) {
        INFO("expected in it: " << word);
        CHECK(context.message().find(word) != std::string::npos);
    }
}

// Whether this build can certify.
inline bool has_certificates(const Context& context) {
    const char* backend = nullptr;
    REQUIRE(tepui_info(context, TEPUI_INFO_CERTIFICATES, &backend) == TEPUI_OK);
    return *backend != '\0';
}

inline void check_untouched(const std::vector<double>& values) {
    for (const double value : values) CHECK(value == kUntouched);
}

// Six samples of two inputs, a tanh network of two neurons, targets of no network: loss > 0.
struct Problem {
    std::vector<double> x{-1.0, 0.5, 0.25, -0.75, 1.5, 1.0, 0.0, -1.25, 2.0, 0.5, -0.5, -0.5};
    std::vector<double> y{0.5, -0.25, 1.0, 0.75, -1.0, 0.1};
    std::vector<double> weights{1.0, 2.0, 0.5, 1.0, 0.0, 1.5};
    std::vector<double> w{0.3, -0.8, 0.6, 0.9};
    std::vector<double> a{1.2, -0.7};
    static constexpr int64_t n = 6, d = 2, m = 2, p = m * (d + 1);

    Activation_ activation(const Context& context, tepui_activation_kind kind = TEPUI_ACTIVATION_TANH) const {
        tepui_activation* made = nullptr;
        REQUIRE(tepui_activation_create(context, kind, &made) == TEPUI_OK);
        return Activation_(made);
    }
    Dataset_ dataset(const Context& context, tepui_dataset_flags flags = TEPUI_DATASET_BORROW) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, n, d, x.data(), d, y.data(), weights.data(), flags, &made) ==
                TEPUI_OK);
        return Dataset_(made);
    }
    Network_ network(const Context& context, const tepui_activation* sigma) const {
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma, m, d, w.data(), d, a.data(), &made) == TEPUI_OK);
        return Network_(made);
    }
    Network_ network(const Context& context) const { return network(context, activation(context).get()); }
    // Three inputs: fits no two-input data set.
    Network_ wide_network(const Context& context) const {
        const Activation_ sigma = activation(context);
        const std::vector<double> w3(3, 0.5);
        const double a1 = 1.0;
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma.get(), 1, 3, w3.data(), 3, &a1, &made) == TEPUI_OK);
        return Network_(made);
    }
};

}  // namespace tepui::test
