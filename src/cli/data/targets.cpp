#include "cli/data/targets.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

bool is_chance(const std::optional<double>& number) {
    return number && *number >= 0.0 && *number <= 1.0;
}

std::string shown(const TargetCell& cell) {
    return cell.label.empty() ? shortest(*cell.number) : "\"" + cell.label + "\"";
}

}  // namespace

void sort_labels(std::vector<std::string>& labels) {
    const bool numbers = std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
        return parse_number(label).has_value();
    });
    std::sort(labels.begin(), labels.end());
    if (numbers)
        std::stable_sort(labels.begin(), labels.end(), [](const std::string& one, const std::string& other) {
            return *parse_number(one) < *parse_number(other);
        });
}

std::string Targets::text() const {
    std::string names;
    for (const TargetColumn& column : columns) names += (names.empty() ? "" : ", ") + column.name;
    return names;
}

TargetBuilder::TargetBuilder(const std::optional<LossChoice>& loss, const std::vector<std::string>& names)
    : loss_(loss.value_or(LossChoice{})), undecided_(!loss && names.size() == 1), found_(!loss) {
    columns_.resize(names.size());
    for (std::size_t c = 0; c < names.size(); ++c) {
        columns_[c].name = names[c];
        columns_[c].counts_labels = takes_labels();
    }
}

bool TargetBuilder::takes_labels() const {
    return undecided_ || loss_.kind == LossKind::logistic ||
           (loss_.kind == LossKind::softmax && columns_.size() == 1);
}

void TargetBuilder::decide(const TargetCell& cell) {
    undecided_ = false;
    if (!cell.number) loss_.kind = LossKind::softmax;
    columns_[0].counts_labels = takes_labels();
}

// Whoever wants numbers among the words to be classes, too, says so: else a slip would be a class.
void TargetBuilder::check_class(const TargetCell& cell, const Place& place) const {
    if (!found_ || !cell.number) return;
    throw UserError(place(0) + ": " + shown(cell) +
                    " is a number where rows before have words, which are taken for classes; --loss softmax "
                    "takes numbers for classes, too");
}

// 1 and 1.0 are one label.
double TargetBuilder::label_index(std::size_t c, const TargetCell& cell, const Place& place) {
    Column& column = columns_[c];
    const std::string label = cell.number ? shortest(*cell.number) : cell.label;
    const auto [found, added] = column.labels.try_emplace(label, column.labels.size());
    if (added) column.numbers.push_back(cell.number);
    if (column.labels.size() > most_labels)
        throw UserError(place(c) + ": more than " + std::to_string(most_labels) +
                        " different values: too many to be classes");
    return double(found->second);
}

void TargetBuilder::add_chance(std::size_t c, const TargetCell& cell, const Place& place) {
    Column& column = columns_[c];
    column.chances = column.chances && is_chance(cell.number);
    if (!column.counts_labels) {
        if (!column.chances)
            throw UserError(place(c) + ": " + shown(cell) +
                            " where numbers from 0 to 1, or labels of two classes, are expected (--loss "
                            "logistic)");
        values_.push_back(*cell.number);
        return;
    }
    values_.push_back(label_index(c, cell, place));
    if (column.labels.size() < 3) return;
    if (!column.chances)
        throw UserError(place(c) + ": " + shown(cell) +
                        " is a third class; --loss logistic tells two apart (or takes numbers from 0 to 1), "
                        "--loss softmax any number");
    // Probabilities then.
    column.counts_labels = false;
    for (std::size_t at = c; at < values_.size(); at += columns_.size())
        values_[at] = *column.numbers[std::size_t(values_[at])];
}

void TargetBuilder::add_number(std::size_t c, const TargetCell& cell, const Place& place) {
    if (loss_.kind == LossKind::poisson && *cell.number < 0.0)
        throw UserError(place(c) + ": " + shown(cell) +
                        " is negative where counts, or other numbers of at least 0, are expected (--loss "
                        "poisson)");
    values_.push_back(*cell.number);
}

void TargetBuilder::check_simplex(const TargetCell* cells, const Place& place) const {
    double sum = 0.0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (*cells[c].number < 0.0)
            throw UserError(place(c) + ": " + shown(cells[c]) +
                            " is negative where probabilities are expected (--loss softmax)");
        sum += *cells[c].number;
    }
    constexpr double rounding = 1e-9;
    if (std::fabs(sum - 1.0) > rounding)
        throw UserError(place(0) + ": the targets of the row sum to " + significant(sum, 10) +
                        " where probabilities of sum 1 are expected (--loss softmax)");
}

void TargetBuilder::add_row(const TargetCell* cells, const Place& place) {
    if (undecided_) decide(cells[0]);
    if (loss_.kind == LossKind::softmax && !takes_labels()) check_simplex(cells, place);
    if (takes_labels()) check_class(cells[0], place);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (loss_.kind == LossKind::logistic)
            add_chance(c, cells[c], place);
        else if (takes_labels())
            values_.push_back(label_index(c, cells[c], place));
        else
            add_number(c, cells[c], place);
    }
}

// The values become numbers of classes, or, where they were probabilities, these.
std::vector<std::string> TargetBuilder::name_classes(std::size_t c) {
    Column& column = columns_[c];
    std::vector<double> value(column.labels.size());
    std::vector<std::string> classes;
    for (const auto& [label, index] : column.labels) classes.push_back(label);
    sort_labels(classes);
    const bool chances = loss_.kind == LossKind::logistic && column.chances;
    for (std::size_t number = 0; number < classes.size(); ++number) {
        const std::size_t index = column.labels.at(classes[number]);
        value[index] = chances ? *column.numbers[index] : double(number);
    }
    for (std::size_t at = c; at < values_.size(); at += columns_.size())
        values_[at] = value[std::size_t(values_[at])];
    const bool fractions = chances && std::any_of(value.begin(), value.end(),
                                                  [](double one) { return one != 0.0 && one != 1.0; });
    if (fractions) classes.clear();
    return classes;
}

void TargetBuilder::settle_classes(const std::string& where) {
    const std::size_t classes = columns_[0].labels.size();
    if (classes > 2 && 2 * classes > values_.size())
        throw UserError(where + ": target \"" + columns_[0].name + "\" holds " + std::to_string(classes) +
                        " different words in " + counted(std::int64_t(values_.size()), "row") +
                        ": hardly classes; --loss softmax takes them for classes all the same");
    if (classes != 2) return;
    loss_.kind = LossKind::logistic;
    columns_[0].chances = false;
}

// Codes of classes look like numbers: whoever has them should know.
std::string TargetBuilder::about_numbers() const {
    constexpr std::size_t most_codes = 20, rows_of_each = 5;
    const char* const plain = columns_.size() == 1 ? "the target holds numbers" : "the targets hold numbers";
    std::set<double> different;
    for (const double value : values_) {
        different.insert(value);
        if (columns_.size() > 1 || value != std::floor(value) || different.size() > most_codes) return plain;
    }
    if (values_.size() < rows_of_each * different.size()) return plain;
    return std::string(plain) + ", if only " + std::to_string(different.size()) +
           " different whole ones: were they codes of classes, --loss softmax would take them so";
}

Targets TargetBuilder::finish(const std::string& where) {
    Targets targets;
    if (found_ && takes_labels()) settle_classes(where);
    targets.loss = loss_;
    if (found_)
        targets.because =
            loss_.kind == LossKind::squared
                ? about_numbers()
                : "the target holds words of " + counted(std::int64_t(columns_[0].labels.size()), "kind");
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        targets.columns.push_back({columns_[c].name, {}});
        if (columns_[c].counts_labels) targets.columns[c].classes = name_classes(c);
        if (targets.columns[c].classes.size() == 1)
            throw UserError(where + ": target \"" + columns_[c].name + "\" has one class alone, \"" +
                            targets.columns[c].classes[0] + "\": there is nothing to tell apart");
        targets.outputs.push_back(columns_[c].name);
    }
    if (loss_.kind != LossKind::softmax || !takes_labels()) {
        targets.values = std::move(values_);
        return targets;
    }
    targets.outputs = targets.columns[0].classes;
    const std::size_t outputs = targets.outputs.size();
    targets.values.assign(values_.size() * outputs, 0.0);
    for (std::size_t k = 0; k < values_.size(); ++k)
        targets.values[k * outputs + std::size_t(values_[k])] = 1.0;
    return targets;
}

}  // namespace tepui::cli
