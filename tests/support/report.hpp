// A report, read by path. What it does not hold, or holds as something else, is an exception with the
// library's sentence.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "tepui/tepui.h"

namespace tepui::test {

class Report {
  public:
    Report(tepui_context* context, const tepui_report* report) : context_(context), report_(report) {}

    double real(const std::string& path) const { return ask<double>(tepui_report_real, path); }
    int64_t integer(const std::string& path) const { return ask<int64_t>(tepui_report_integer, path); }
    bool flag(const std::string& path) const { return ask<int32_t>(tepui_report_boolean, path) != 0; }
    std::string text(const std::string& path) const { return ask<const char*>(tepui_report_text, path); }
    int64_t count(const std::string& path) const { return ask<int64_t>(tepui_report_count, path); }
    bool null(const std::string& path) const {
        return ask<tepui_report_kind>(tepui_report_kind_of, path) == TEPUI_REPORT_NULL;
    }
    std::vector<double> reals(const std::string& path) const {
        return list<double>(tepui_report_reals, path);
    }
    std::vector<int64_t> integers(const std::string& path) const {
        return list<int64_t>(tepui_report_integers, path);
    }
    // -1: null, not known.
    int64_t known(const std::string& path) const { return null(path) ? -1 : integer(path); }
    Report part(const std::string& path) const {
        return {context_, ask<const tepui_report*>(tepui_report_part, path)};
    }
    const tepui_report* handle() const { return report_; }
    std::string json() const {
        const char* text = nullptr;
        check(tepui_report_json(context_, report_, &text));
        return text;
    }

  private:
    void check(tepui_status status) const {
        if (status != TEPUI_OK) throw std::runtime_error(tepui_context_message(context_));
    }
    template <class Value>
    Value ask(tepui_status (*read)(tepui_context*, const tepui_report*, const char*, Value*),
              const std::string& path) const {
        Value value{};
        check(read(context_, report_, path.c_str(), &value));
        return value;
    }
    template <class Value>
    std::vector<Value> list(tepui_status (*read)(tepui_context*, const tepui_report*, const char*,
                                                 const Value**, int64_t*),
                            const std::string& path) const {
        const Value* values = nullptr;
        int64_t count = 0;
        check(read(context_, report_, path.c_str(), &values, &count));
        return {values, values + count};
    }

    tepui_context* context_;
    const tepui_report* report_;
};

template <class Handle>
Report read_report(tepui_context* context,
                   tepui_status (*report_of)(tepui_context*, const Handle*, const tepui_report**),
                   const Handle* handle) {
    const tepui_report* report = nullptr;
    if (report_of(context, handle, &report) != TEPUI_OK)
        throw std::runtime_error(tepui_context_message(context));
    return {context, report};
}

inline Report report_of(tepui_context* context, const tepui_analysis* analysis) {
    return read_report(context, tepui_analysis_report, analysis);
}
inline Report report_of(tepui_context* context, const tepui_split_verdict* verdict) {
    return read_report(context, tepui_split_verdict_report, verdict);
}
inline Report report_of(tepui_context* context, const tepui_witness* witness) {
    return read_report(context, tepui_witness_report, witness);
}
inline Report report_of(tepui_context* context, const tepui_network_verdict* verdict) {
    return read_report(context, tepui_network_verdict_report, verdict);
}
inline Report report_of(tepui_context* context, const tepui_directional* verdict) {
    return read_report(context, tepui_directional_report, verdict);
}
inline Report report_of(tepui_context* context, const tepui_directional_embedding* embedding) {
    return read_report(context, tepui_directional_embedding_report, embedding);
}
inline Report report_of(tepui_context* context, const tepui_several_outputs* verdict) {
    return read_report(context, tepui_several_outputs_report, verdict);
}
inline Report report_of(tepui_context* context, const tepui_critical_set* set) {
    return read_report(context, tepui_critical_set_report, set);
}
inline Report report_of(tepui_context* context, const tepui_solution* solution) {
    return read_report(context, tepui_solution_report, solution);
}
inline Report report_of(tepui_context* context, const tepui_trace* trace) {
    return read_report(context, tepui_trace_report, trace);
}
inline Report report_of(tepui_context* context, const tepui_reduction* reduction) {
    return read_report(context, tepui_reduction_report, reduction);
}
inline Report report_of(tepui_context* context, const tepui_certificate* certificate) {
    return read_report(context, tepui_certificate_report, certificate);
}

}  // namespace tepui::test
