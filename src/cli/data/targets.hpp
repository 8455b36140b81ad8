// The targets of a table, row by row: numbers, or labels that become classes, as the loss asks.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/loss_choice.hpp"

namespace tepui::cli {

struct TargetColumn {
    std::string name;
    // Labels by the number of their class, sorted: numbers by size, words by their letters. Empty: the column
    // holds numbers. Under softmax each class is an output; under logistic the second one is 1.
    std::vector<std::string> classes;
};

struct Targets {
    LossChoice loss;      // the one given, or found out
    std::string because;  // why it was found to be this one; empty: it was given
    std::vector<TargetColumn> columns;
    std::vector<std::string> outputs;  // what each is called: its column, or its class
    std::vector<double> values;        // [samples][outputs]

    std::string text() const;  // the names of the columns, for people
};

// What stands in a row for one target.
struct TargetCell {
    std::string label;             // as it is written; of a number that may be no label: empty
    std::optional<double> number;  // where it is a finite one
};

class TargetBuilder {
  public:
    // Without a loss the first value of a lone column decides: a number for the squared loss, a word for
    // classes.
    TargetBuilder(const std::optional<LossChoice>& loss, const std::vector<std::string>& names);

    std::size_t columns() const { return columns_.size(); }
    // Whether words will do. Else each cell has a number.
    bool takes_labels() const;
    // No value has been seen that could decide whether they do.
    bool undecided() const { return undecided_; }
    const std::string& name(std::size_t column) const { return columns_[column].name; }

    // Where the value of a column stands in this row, for people.
    using Place = std::function<std::string(std::size_t column)>;
    // cells: one for each column. Throws UserError about a value that the loss has no use for.
    void add_row(const TargetCell* cells, const Place& place);
    // where: the file. Throws UserError where there are no two classes.
    Targets finish(const std::string& where);

  private:
    struct Column {
        std::string name;
        std::map<std::string, std::size_t> labels;   // in the order of their first rows
        std::vector<std::optional<double>> numbers;  // of each label
        bool chances = true;                         // no value but numbers from 0 to 1
        bool counts_labels = false;                  // values hold indices of labels
    };
    void decide(const TargetCell& cell);
    void check_class(const TargetCell& cell, const Place& place) const;
    // Of a loss that was not given.
    void settle_classes(const std::string& where);
    std::string about_numbers() const;
    double label_index(std::size_t column, const TargetCell& cell, const Place& place);
    void add_chance(std::size_t column, const TargetCell& cell, const Place& place);
    void add_class(const TargetCell& cell, const Place& place);
    void add_number(std::size_t column, const TargetCell& cell, const Place& place);
    void check_simplex(const TargetCell* cells, const Place& place) const;
    std::vector<std::string> name_classes(std::size_t column);

    LossChoice loss_;
    bool undecided_ = false, found_ = false;
    std::vector<Column> columns_;
    std::vector<double> values_;  // [rows][columns]
};

// Numbers by size if all are numbers, else words by their letters: whatever the order of the rows.
void sort_labels(std::vector<std::string>& labels);
// More are no categories or classes: a name, a date, a number in each row.
constexpr std::size_t most_labels = 1000;

}  // namespace tepui::cli
