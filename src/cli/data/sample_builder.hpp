// Samples from a table's rows, cell by cell: rows with missing values are left out or refused, and categories
// become columns of zeros and ones.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "cli/data/samples.hpp"

namespace tepui::cli {

class SampleBuilder {
  public:
    // names: of all columns of the table.
    SampleBuilder(const DataOptions& options, const ColumnChoice& choice,
                  const std::vector<std::string>& names);

    // The cells of a row: features in their order, the target, the sample weight if there is one.
    std::size_t cells() const { return categories_.size() + 1 + (choice_.has_weight ? 1 : 0); }
    // The cell's column in the table; the target's only where the table holds it.
    std::size_t column(std::size_t cell) const;
    bool is_category(std::size_t cell) const { return cell < categories_.size() && categories_[cell].wanted; }

    // Nothing but the names of features, target and weights, before the first row.
    const Samples& names() const { return samples_; }

    // One of these for each cell of a row, in their order, then end_row.
    void number(double value) { row_.push_back(value); }
    void category(std::string value) {
        row_.push_back(double(labels_.size()));
        labels_.push_back(std::move(value));
    }
    // place: makes the text that says where and what is missing.
    template <class Place>
    void missing(const Place& place) {
        row_.push_back(0.0);
        row_missing_ = true;
        if (first_missing_.empty()) first_missing_ = place();
    }
    void end_row();

    // Throws UserError when rows with missing values are refused, or no row is left.
    Samples finish();

  private:
    struct Category {
        bool wanted = false;
        std::map<std::string, std::size_t> indices;  // of its values, in the order of their first rows
    };
    std::size_t index_of(std::size_t feature, const std::string& value);
    void spread_categories(Samples& samples) const;

    const DataOptions& options_;
    const ColumnChoice choice_;
    std::vector<Category> categories_;  // one for every feature
    std::vector<double> row_;
    std::vector<std::string> labels_;  // of this row
    bool row_missing_ = false;
    std::int64_t missing_rows_ = 0;
    std::string first_missing_;
    Samples samples_;
};

}  // namespace tepui::cli
