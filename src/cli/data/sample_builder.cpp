#include "cli/data/sample_builder.hpp"

#include <algorithm>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

std::vector<std::string> chosen(const std::vector<std::string>& names,
                                const std::vector<std::size_t>& which) {
    std::vector<std::string> result;
    for (const std::size_t column : which) result.push_back(names[column]);
    return result;
}

}  // namespace

SampleBuilder::SampleBuilder(const DataOptions& options, const ColumnChoice& choice,
                             const std::vector<std::string>& names,
                             const std::vector<std::string>& target_names)
    : options_(options),
      choice_(choice),
      categories_(choice.features.size()),
      targets_(options.loss, choice.targets.empty() ? target_names : chosen(names, choice.targets)) {
    for (std::size_t feature = 0; feature < choice.features.size(); ++feature) {
        samples_.features.push_back(names[choice.features[feature]]);
        categories_[feature].wanted = choice.categories[feature];
    }
    if (choice.has_weight) samples_.weight_column = names[choice.weight];
}

std::size_t SampleBuilder::column(std::size_t cell) const {
    if (cell < choice_.features.size()) return choice_.features[cell];
    return is_target(cell) ? choice_.targets[target(cell)] : choice_.weight;
}

std::size_t SampleBuilder::index_of(std::size_t feature, const std::string& value) {
    std::map<std::string, std::size_t>& indices = categories_[feature].indices;
    const std::size_t index = indices.try_emplace(value, indices.size()).first->second;
    if (indices.size() > most_labels)
        throw UserError(options_.file + ": column \"" + samples_.features[feature] +
                        "\" (--categorical) has more than " + std::to_string(most_labels) +
                        " different values: too many to make a column of each");
    return index;
}

void SampleBuilder::end_row(const TargetBuilder::Place& place) {
    const std::size_t features = categories_.size();
    if (row_missing_) {
        ++missing_rows_;
    } else {
        for (std::size_t feature = 0; feature < features; ++feature)
            x_.push_back(is_category(feature) ? double(index_of(feature, labels_[std::size_t(row_[feature])]))
                                              : row_[feature]);
        targets_.add_row(target_row_.data(), place);
        if (choice_.has_weight) samples_.weights.push_back(row_[features]);
        ++samples_.count;
    }
    row_.clear();
    target_row_.clear();
    labels_.clear();
    row_missing_ = false;
}

void SampleBuilder::spread_categories() {
    struct Place {
        std::size_t first;
        std::vector<std::size_t> column;  // of the value of each index; empty: a number
    };
    std::vector<Place> places;
    std::vector<std::string> names;
    for (std::size_t feature = 0; feature < categories_.size(); ++feature) {
        const Category& category = categories_[feature];
        Place place{names.size(), {}};
        if (!category.wanted) {
            names.push_back(samples_.features[feature]);
        } else {
            std::vector<std::string> values;
            for (const auto& [value, index] : category.indices) values.push_back(value);
            sort_labels(values);
            place.column.resize(values.size());
            for (std::size_t l = 0; l < values.size(); ++l) {
                place.column[category.indices.at(values[l])] = l;
                names.push_back(samples_.features[feature] + "=" + values[l]);
            }
            samples_.categorical.push_back({samples_.features[feature], std::move(values)});
        }
        places.push_back(std::move(place));
    }
    if (samples_.categorical.empty()) return;
    std::vector<double> x(std::size_t(samples_.count) * names.size(), 0.0);
    for (std::size_t k = 0; k < std::size_t(samples_.count); ++k)
        for (std::size_t feature = 0; feature < places.size(); ++feature) {
            const double value = x_[k * places.size() + feature];
            double* const row = x.data() + k * names.size() + places[feature].first;
            if (places[feature].column.empty())
                row[0] = value;
            else
                row[places[feature].column[std::size_t(value)]] = 1.0;
        }
    x_ = std::move(x);
    samples_.features = std::move(names);
}

Samples SampleBuilder::finish() {
    const std::int64_t rows = samples_.count + missing_rows_;
    if (rows == 0) throw UserError(options_.file + ": has no rows");
    const std::string missing = std::to_string(missing_rows_) + " of " + counted(rows, "row") +
                                (missing_rows_ == 1 ? " has" : " have") +
                                " missing values (the first: " + first_missing_ + ")";
    if (missing_rows_ > 0 && !options_.drop_missing)
        throw UserError(options_.file + ": " + missing + "; --missing drop leaves such rows out");
    if (samples_.count == 0) throw UserError(options_.file + ": no row is left: " + missing);
    samples_.missing_rows = missing_rows_;
    samples_.first_missing = first_missing_;
    spread_categories();
    samples_.inputs = Inputs(std::move(x_), samples_.features.size(), 0);
    samples_.divide();
    samples_.targets = targets_.finish(options_.targets_file.empty() ? options_.file : options_.targets_file);
    return std::move(samples_);
}

}  // namespace tepui::cli
