// Samples from a table's rows, cell by cell: rows with missing values are left out or refused, and categories
// become columns of zeros and ones.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/data/samples.hpp"

namespace tepui::cli {

class SampleBuilder {
  public:
    // names: of all columns of the table. target_names: of targets in a file of their own, which the choice
    // has none of.
    SampleBuilder(const DataOptions& options, const ColumnChoice& choice,
                  const std::vector<std::string>& names, const std::vector<std::string>& target_names = {});

    // The cells of a row: features in their order, the targets, the sample weight if there is one.
    std::size_t cells() const {
        return categories_.size() + targets_.columns() + (choice_.has_weight ? 1 : 0);
    }
    // The cell's column in the table; a target's only where the table holds it.
    std::size_t column(std::size_t cell) const;
    bool is_category(std::size_t cell) const { return cell < categories_.size() && categories_[cell].wanted; }
    // Which target the cell is, from 0; past the end: none.
    std::size_t target(std::size_t cell) const { return cell - categories_.size(); }
    bool is_target(std::size_t cell) const { return target(cell) < targets_.columns(); }
    // Whether it may be a word that names a class.
    bool is_label(std::size_t cell) const { return is_target(cell) && targets_.takes_labels(); }
    // Whether that is still open.
    bool undecided(std::size_t cell) const { return is_target(cell) && targets_.undecided(); }

    // Nothing but the names of features and weights, and of targets, before the first row.
    const Samples& names() const { return samples_; }
    const TargetBuilder& targets() const { return targets_; }

    // One of these for each cell of a row, in their order, then end_row.
    void number(double value) {
        if (is_target(row_.size() + target_row_.size()))
            target_row_.push_back({"", value});
        else
            row_.push_back(value);
    }
    void label(std::string text, std::optional<double> number) {
        target_row_.push_back({std::move(text), number});
    }
    void category(std::string value) {
        row_.push_back(double(labels_.size()));
        labels_.push_back(std::move(value));
    }
    // place: makes the text that says where and what is missing.
    template <class Place>
    void missing(const Place& place) {
        number(0.0);
        row_missing_ = true;
        if (first_missing_.empty()) first_missing_ = place();
    }
    // place: says where the target of that number stands. Throws UserError about one that the loss has no use
    // for.
    void end_row(const TargetBuilder::Place& place);

    // Throws UserError when rows with missing values are refused, or no row is left.
    Samples finish();

  private:
    struct Category {
        bool wanted = false;
        std::map<std::string, std::size_t> indices;  // of its values, in the order of their first rows
    };
    std::size_t index_of(std::size_t feature, const std::string& value);
    void spread_categories();

    const DataOptions& options_;
    const ColumnChoice choice_;
    std::vector<Category> categories_;  // one for every feature
    TargetBuilder targets_;
    std::vector<TargetCell> target_row_;
    std::vector<double> row_;          // without the targets
    std::vector<std::string> labels_;  // of this row
    bool row_missing_ = false;
    std::int64_t missing_rows_ = 0;
    std::string first_missing_;
    std::vector<double> x_;  // [count][features]
    Samples samples_;
};

}  // namespace tepui::cli
