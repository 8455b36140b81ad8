// Errors, owners of handles, the context and reports; part of tepui.hpp.
#ifndef TEPUI_CPP_CONTEXT_HPP
#define TEPUI_CPP_CONTEXT_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "../tepui.h"

namespace tepui {

// What went wrong: the library's sentence, and the status.
class Error : public std::runtime_error {
  public:
    Error(tepui_status status, const std::string& sentence) : std::runtime_error(sentence), status_(status) {}
    tepui_status status() const { return status_; }

  private:
    tepui_status status_;
};

// A C handle. What it is borrowed from, or must not outlive, lives as long.
template <class T>
class Handle {
  public:
    T* get() const { return handle_.get(); }
    const std::shared_ptr<T>& shared() const { return handle_; }

  protected:
    Handle() = default;
    // Borrowed from what `owner` holds.
    template <class Owner>
    Handle(const std::shared_ptr<Owner>& owner, const T* handle) : handle_(owner, const_cast<T*>(handle)) {}

    // What make(&handle) makes; destroy frees it, and only then is `kept` let go.
    template <class Make, class Kept = std::nullptr_t>
    void own(Make&& make, void (*destroy)(T*), Kept kept = nullptr) {
        T* made = nullptr;
        make(&made);
        handle_ = std::shared_ptr<T>(made, [destroy, kept](T* handle) { destroy(handle); });
    }

  private:
    std::shared_ptr<T> handle_;
};

// How operations run; every call needs one. Options: context.h.
class Context : public Handle<tepui_context> {
  public:
    Context() {
        own(
            [](tepui_context** made) {
                const tepui_status status = tepui_context_create(made);
                if (status != TEPUI_OK) throw Error(status, "there is no memory for a context");
            },
            tepui_context_destroy);
    }

    // Throws unless the call with this context went well.
    void check(tepui_status status) const {
        if (status != TEPUI_OK) throw Error(status, tepui_context_message(get()));
    }

    void set(tepui_option option, std::int64_t value) const {
        check(tepui_context_set_integer(get(), option, value));
    }
    void set(tepui_option option, std::int32_t value) const { set(option, std::int64_t{value}); }
    void set(tepui_option option, double value) const { check(tepui_context_set_real(get(), option, value)); }
    std::string info(tepui_info_item item) const {
        const char* text = nullptr;
        check(tepui_info(get(), item, &text));
        return text;
    }

    // Is told the phase and how much of it is done, and returns whether to go on; may not throw.
    using Progress = std::function<bool(const char* phase, double fraction)>;
    void on_progress(Progress heard) const {
        *progress_ = std::move(heard);
        const auto call = [](void* user, const char* phase, double fraction) -> std::int32_t {
            return (*static_cast<Progress*>(user))(phase, fraction) ? 0 : 1;
        };
        check(tepui_context_set_progress(get(), call, progress_.get()));
    }

  private:
    std::shared_ptr<Progress> progress_ = std::make_shared<Progress>();  // shared by copies, as the handle is
};

// All that is known of a result: a tree of values, each with a path such as "neurons/0/rule" (report.h).
class Report : public Handle<tepui_report> {
  public:
    template <class Owner>
    Report(Context context, const std::shared_ptr<Owner>& owner, const tepui_report* report)
        : Handle(owner, report), context_(std::move(context)) {}

    double real(const std::string& path) const { return value<double>(tepui_report_real, path); }
    std::int64_t integer(const std::string& path) const {
        return value<std::int64_t>(tepui_report_integer, path);
    }
    bool boolean(const std::string& path) const {
        return value<std::int32_t>(tepui_report_boolean, path) != 0;
    }
    std::string text(const std::string& path) const { return value<const char*>(tepui_report_text, path); }
    tepui_report_kind kind(const std::string& path) const {
        return value<tepui_report_kind>(tepui_report_kind_of, path);
    }
    bool is_null(const std::string& path) const { return kind(path) == TEPUI_REPORT_NULL; }
    std::int64_t count(const std::string& path) const {
        return value<std::int64_t>(tepui_report_count, path);
    }
    std::span<const double> reals(const std::string& path) const {
        return values<double>(tepui_report_reals, path);
    }
    std::span<const std::int64_t> integers(const std::string& path) const {
        return values<std::int64_t>(tepui_report_integers, path);
    }
    Report part(const std::string& path) const {
        return {context_, shared(), value<const tepui_report*>(tepui_report_part, path)};
    }
    std::string json() const {
        const char* text = nullptr;
        context_.check(tepui_report_json(context_.get(), get(), &text));
        return text;
    }

  private:
    template <class Value, class Function>
    Value value(Function read, const std::string& path) const {
        Value found{};
        context_.check(read(context_.get(), get(), path.c_str(), &found));
        return found;
    }
    template <class Number, class Function>
    std::span<const Number> values(Function read, const std::string& path) const {
        const Number* found = nullptr;
        std::int64_t count = 0;
        context_.check(read(context_.get(), get(), path.c_str(), &found, &count));
        return {found, static_cast<std::size_t>(count)};
    }

    Context context_;
};

namespace detail {

inline void expect_length(const char* name, std::size_t found, std::int64_t wanted) {
    if (static_cast<std::int64_t>(found) != wanted) {
        throw Error(TEPUI_ERROR_INVALID_SIZE, std::string(name) + " has " + std::to_string(found) +
                                                  " values, expected are " + std::to_string(wanted));
    }
}

}  // namespace detail

}  // namespace tepui

#endif
