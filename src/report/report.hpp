// A report: a small tree of named values. The builders of this room are the only places where a datum of a
// result is named; JSON, text and the C API read the tree.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "vocabulary/word.hpp"

// A part of a report is a report itself, and what callers hold.
struct tepui_report {
  public:
    // A value of an enumeration: read as text it is its identifier, as an integer its number.
    struct Identifier {
        const char* text;
        std::int32_t number;
    };
    using Integers = std::vector<std::int64_t>;
    using Reals = std::vector<double>;
    struct Array {
        std::vector<tepui_report> items;
    };
    struct Object {
        std::vector<tepui_report> members;  // each with its name
    };
    // A const char* is a sentence that lives as long as the library.
    using Value = std::variant<std::nullptr_t, bool, std::int64_t, double, Identifier, const char*,
                               std::string, Integers, Reals, Array, Object>;

    tepui_report() : value_(nullptr) {}
    template <class T>
    tepui_report(T value) requires(!std::is_same_v<T, tepui_report>) {
        if constexpr (std::is_enum_v<T>) {
            value_ = Identifier{tepui::name_of(value), static_cast<std::int32_t>(value)};
        } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
            value_ = static_cast<std::int64_t>(value);
        } else {
            value_ = std::move(value);
        }
    }
    struct Named;
    // object({{"tau", 0.5}, {"rank", 3}})
    static tepui_report object(std::initializer_list<Named> members = {});
    static tepui_report array() { return Array{}; }

    // Of an object: further members.
    void add(const char* name, tepui_report value);
    void add(std::initializer_list<Named> members);
    void append(tepui_report object) {  // its members
        for (tepui_report& member : std::get<Object>(object.value_).members)
            std::get<Object>(value_).members.push_back(std::move(member));
    }
    void push_back(tepui_report item) { std::get<Array>(value_).items.push_back(std::move(item)); }

    const char* name() const noexcept { return name_; }  // in the object that it is a member of
    const Value& value() const noexcept { return value_; }
    // Items or members.
    std::size_t count() const noexcept;
    const std::vector<tepui_report>* parts() const noexcept;  // null: none that are reports themselves

    // The part at a path of names and numbers from 0, "neurons/0/inner_hessian/tau"; "" is the report itself.
    // Throw Error(invalid_value), with the place where the path leads nowhere or what is there instead.
    const tepui_report& part(std::string_view path) const;
    double real(std::string_view path) const;  // of an integer too
    std::int64_t integer(std::string_view path) const;
    bool boolean(std::string_view path) const;
    const char* text(std::string_view path) const;
    const Reals& reals(std::string_view path) const;
    const Integers& integers(std::string_view path) const;
    std::size_t count(std::string_view path) const;                         // 0: has no parts
    const std::vector<tepui_report>& members(std::string_view path) const;  // of an object
    std::size_t kind(std::string_view path) const;                          // index of what Value holds

    // On one line. Numbers read back as they are; those that are not finite are null.
    std::string json() const;

  private:
    const char* name_ = "";
    Value value_;
};

// A member to be: its value is moved into the object.
struct tepui_report::Named {
    const char* name;
    mutable tepui_report value;
};
