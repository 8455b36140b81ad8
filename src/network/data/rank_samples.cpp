// Data sets that ranks make together: few values are gathered, of many each rank keeps whole slabs
// (docs/RANKS.md).
#include <omp.h>

#include <algorithm>
#include <string>

#include "core/collective.hpp"
#include "network/data/reader.hpp"
#include "network/data/sample_checks.hpp"

namespace tepui {
namespace {

struct Given {
    std::vector<Size> first;  // of each rank; at the end: how many samples there are
    bool weighted = false;
};

void require_alike(bool alike, const char* what) {
    if (alike) return;
    throw Error(Status::invalid_value, std::string("the ranks differ in ") + what +
                                           ": the same is expected on all that have samples");
}

// Nothing but what all ranks then know may fail in here.
Given given_to_ranks(Collective& ranks, Size samples, bool weighted) {
    Given given{given_samples(ranks, samples)};
    if (given.first.back() < 1)
        throw Error(Status::invalid_size, "the ranks have n = 0 samples together, at least 1 is expected");
    const auto count = static_cast<std::size_t>(ranks.size());
    std::vector<Size> flags(count, 0), places(count + 1);
    for (std::size_t r = 0; r <= count; ++r) places[r] = static_cast<Size>(r);
    flags[static_cast<std::size_t>(ranks.rank())] = samples == 0 ? 0 : weighted ? 2 : 1;
    ranks.gather(flags.data(), places);
    given.weighted = std::find(flags.begin(), flags.end(), 2) != flags.end();
    require_alike(!given.weighted || std::find(flags.begin(), flags.end(), 1) == flags.end(), "weights");
    return given;
}

void settle_shape(Collective& ranks, Size features, bool bias, LossScaling scaling, Size gathered,
                  bool streamed) {
    ranks.settle(Signature()
                     .add("data set")
                     .add(features)
                     .add(Size{bias})
                     .add(static_cast<Size>(scaling))
                     .add(gathered)
                     .add(Size{streamed})
                     .value());
}

}  // namespace

// What the constructors of both kinds have in common.
class RankSamples {
  public:
    RankSamples(std::shared_ptr<Collective> ranks, Given given, Size features)
        : ranks_(std::move(ranks)), given_(std::move(given)), features_(features) {}

    Size samples() const { return given_.first.back(); }
    Size begin() const { return given_.first[static_cast<std::size_t>(ranks_->rank())]; }
    Size end() const { return given_.first[static_cast<std::size_t>(ranks_->rank()) + 1]; }
    bool few(Size gathered) const { return checked_product(samples(), features_) <= gathered; }

    // All targets and weights, of which those of this rank are there.
    void gather_targets(Dataset& data) {
        ranks_->settle(0);
        ranks_->gather(data.owned_targets_.data(), given_.first);
        if (given_.weighted) ranks_->gather(data.owned_weights_.data(), given_.first);
    }
    void make_room(Dataset& data) const {
        data.owned_targets_ = Buffer<double>(samples());
        if (given_.weighted) data.owned_weights_ = Buffer<double>(samples());
    }
    void finish(Dataset& data) {
        data.source_.samples = samples();
        data.source_.features = features_;
        data.source_.targets = data.owned_targets_.data();
        data.source_.weights = given_.weighted ? data.owned_weights_.data() : nullptr;
        data.weight_sum_ = checked_weight_sum(data.source_.weights, samples());
        data.collective_ = ranks_;
        data.given_ = std::make_shared<const std::vector<Size>>(given_.first);
    }
    // Rows [given to this rank] of x are there; then all are.
    template <class Value>
    void gather_rows(Buffer<Value>& x) {
        std::vector<Size> first = given_.first;
        for (Size& place : first) place *= features_;
        ranks_->settle(0);
        ranks_->gather(x.data(), first);
    }

    // Samples behind the slabs that begin on this rank go to the rank where theirs begins.
    void hand_over(Dataset& data) {
        auto share = std::make_shared<const Share>(share_of(ranks_, given_.first));
        const Size rank = ranks_->rank();
        data.fetched_ = std::make_shared<Dataset::Fetched>();
        data.own_begin_ = begin();
        data.own_end_ = std::clamp(end(), share->begin(), std::max(share->begin(), share->end()));
        const Size behind = share->end() - data.own_end_;
        auto tail = std::make_shared<Buffer<double>>(checked_product(behind, features_));
        // What leaves: the first samples that were given here.
        const Size leaving = std::clamp(share->begin(), begin(), end()) - begin();
        Buffer<double> rows(checked_product(leaving, features_));
        if (leaving > 0) {  // read as the data set's own
            const Size kept = std::exchange(data.own_end_, end());
            data.held_features(begin(), leaving, rows.data());
            data.own_end_ = kept;
        }
        ranks_->settle(0);
        for (Size to = 0; to < ranks_->size(); ++to) {
            for (Size from = to + 1; from < ranks_->size(); ++from) {
                const auto t = static_cast<std::size_t>(to), f = static_cast<std::size_t>(from);
                const Size first = std::max(share->held[t], share->given[f]);
                const Size last = std::min(share->held[t + 1], share->given[f + 1]);
                if (first >= last) continue;
                const Size bytes = (last - first) * features_ * static_cast<Size>(sizeof(double));
                if (rank == from) ranks_->send(to, rows.data() + (first - begin()) * features_, bytes);
                if (rank == to)
                    ranks_->receive(from, tail->data() + (first - data.own_end_) * features_, bytes);
            }
        }
        data.tail_ = std::move(tail);
        data.share_ = std::move(share);
    }

  private:
    std::shared_ptr<Collective> ranks_;
    Given given_;
    Size features_;

  public:
    static Dataset of_memory(const std::shared_ptr<Collective>& ranks, const DatasetSource& mine, bool copy,
                             bool bias, LossScaling scaling, Size gathered) {
        DatasetSource checked = mine;
        checked.samples = std::max<Size>(mine.samples, 1);  // a rank may have none
        check_sizes(checked);
        settle_shape(*ranks, mine.features, bias, scaling, gathered, false);
        RankSamples made(ranks, given_to_ranks(*ranks, mine.samples, mine.weights != nullptr), mine.features);
        const Size count = mine.samples, begin = made.begin();
        if (count > 0) check_shape(mine);
        if (mine.x32 != nullptr) {
            check_rows(mine.x32, mine.ldx, begin, count, mine.features);
        } else {
            check_rows(mine.x, mine.ldx, begin, count, mine.features);
        }
        check_targets(mine.targets, begin, count, 1, *mine.loss);
        if (mine.weights != nullptr) check_weights(mine.weights, begin, count);
        Dataset data(mine, bias, scaling, 0.0);
        made.make_room(data);
        if (count > 0) std::copy_n(mine.targets, count, data.owned_targets_.data() + begin);
        if (mine.weights != nullptr) std::copy_n(mine.weights, count, data.owned_weights_.data() + begin);
        made.gather_targets(data);
        made.finish(data);
        const auto own = [&](const auto* from, auto& to, Size first, Size rows) {
            to = std::remove_reference_t<decltype(to)>(checked_product(rows, mine.features));
            for (Size k = 0; from != nullptr && k < count; ++k)
                std::copy_n(from + k * mine.ldx, mine.features, to.data() + (first + k) * mine.features);
            data.source_.ldx = mine.features;
        };
        if (made.few(gathered)) {
            // Single precision is kept where no rank has anything else.
            std::vector<Size> first(static_cast<std::size_t>(ranks->size()) + 1), wide(first.size() - 1, 0);
            for (std::size_t r = 0; r < first.size(); ++r) first[r] = static_cast<Size>(r);
            wide[static_cast<std::size_t>(ranks->rank())] = count > 0 && mine.x32 == nullptr ? 1 : 0;
            ranks->settle(0);
            ranks->gather(wide.data(), first);
            const bool single = std::find(wide.begin(), wide.end(), 1) == wide.end();
            require_alike(single || count == 0 || mine.x32 == nullptr, "the precision of x");
            if (single) {
                own(mine.x32, data.owned_x32_, begin, made.samples());
                made.gather_rows(data.owned_x32_);
                data.source_.x32 = data.owned_x32_.data();
                data.source_.x = nullptr;
            } else {
                own(mine.x, data.owned_x_, begin, made.samples());
                made.gather_rows(data.owned_x_);
                data.source_.x = data.owned_x_.data();
                data.source_.x32 = nullptr;
            }
            return data;
        }
        if (copy && mine.x32 != nullptr) {
            own(mine.x32, data.owned_x32_, 0, count);
            data.source_.x32 = data.owned_x32_.data();
        } else if (copy && mine.x != nullptr) {
            own(mine.x, data.owned_x_, 0, count);
            data.source_.x = data.owned_x_.data();
        }
        made.hand_over(data);
        return data;
    }

    static Dataset of_stream(const std::shared_ptr<Collective>& ranks, StreamedSource mine, bool bias,
                             LossScaling scaling, Size gathered) {
        DatasetSource shape{.samples = std::max<Size>(mine.samples, 1), .features = mine.features};
        shape.ldx = shape.features;
        check_sizes(shape);
        settle_shape(*ranks, mine.features, bias, scaling, gathered, true);
        RankSamples made(ranks, given_to_ranks(*ranks, mine.samples, mine.weighted), mine.features);
        shape.samples = mine.samples;
        Dataset data(shape, bias, scaling, 0.0);
        made.make_room(data);
        const Size count = mine.samples, features = mine.features, begin = made.begin();
        const bool few = made.few(gathered), weighted = mine.weighted;
        auto all = std::make_shared<Buffer<double>>(few ? made.samples() * features : 0);
        data.stream_ = std::make_shared<Dataset::Stream>(std::move(mine));
        const Size piece = std::clamp<Size>(kFirstPass / features, 1, std::max<Size>(count, 1));
        Buffer<double> x(checked_product(piece, features));
        for (Size first = 0; first < count; first += piece) {
            const Size many = std::min(piece, count - first);
            double* targets = data.owned_targets_.data() + begin + first;
            double* weights = weighted ? data.owned_weights_.data() + begin + first : nullptr;
            data.stream_->read(first, many, x.data(), targets, weights);
            check_rows(x.data(), features, begin + first, many, features);
            check_targets(targets, begin + first, many, 1, *shape.loss);
            if (weights != nullptr) check_weights(weights, begin + first, many);
            if (few) std::copy_n(x.data(), many * features, all->data() + (begin + first) * features);
        }
        made.gather_targets(data);
        made.finish(data);
        if (!few) {
            made.hand_over(data);
            return data;
        }
        made.gather_rows(*all);
        StreamedSource gathered_rows{made.samples(), features, false, {}};
        gathered_rows.read = [all, features](Size first, Size many, double* to, double*, double*) {
            std::copy_n(all->data() + first * features, many * features, to);
        };
        data.stream_ = std::make_shared<Dataset::Stream>(std::move(gathered_rows));
        return data;
    }
};

Dataset Dataset::of_ranks(std::shared_ptr<Collective> collective, const DatasetSource& mine, bool copy,
                          bool bias, LossScaling scaling, Size gathered) {
    return RankSamples::of_memory(collective, mine, copy, bias, scaling, gathered);
}

Dataset Dataset::of_ranks(std::shared_ptr<Collective> collective, StreamedSource mine, bool bias,
                          LossScaling scaling, Size gathered) {
    return RankSamples::of_stream(collective, std::move(mine), bias, scaling, gathered);
}

void Dataset::gather_given(double* values, Size each) const {
    std::vector<Size> first = *given_;
    for (Size& place : first) place *= each;
    collective_->settle(Signature().add("targets").add(each).value());
    collective_->gather(values, first);
}

void Dataset::fetch_features(Size first, Size count, double* x) const {
    Collective& ranks = *share_->collective;
    ranks.require_open();
    if (omp_in_parallel() != 0) {
        throw Error(
            Status::unsupported,
            "samples are shared out over ranks, and this reads them on several threads: a data set that "
            "every rank has is expected (TEPUI_OPTION_GATHERED_VALUES)");
    }
    const Size features = source_.features;
    for (Size k = first; k < first + count;) {
        const Size owner = share_->owner(k);
        const Size here = std::min(share_->held[static_cast<std::size_t>(owner) + 1], first + count) - k;
        double* to = x + (k - first) * features;
        Outcome outcome;
        try {
            if (owner == ranks.rank()) held_features(k, here, to);
        } catch (...) {
            outcome = Outcome::failure();
        }
        outcome.signature =
            outcome.status == Status::ok ? Signature().add("rows").add(k).add(here).value() : 0;
        ranks.settle(outcome);
        ranks.broadcast(owner, to, here * features * static_cast<Size>(sizeof(double)));
        k += here;
    }
}

void Dataset::fetch_one(Size k, double* x) const {
    Fetched& along = *fetched_;
    const Size features = source_.features;
    if (k < along.first || k >= along.first + along.count) {
        const Size wanted = k == along.next ? std::min(kAhead, samples() - k) : 1;
        if (along.rows.size() == 0) along.rows = Buffer<double>(checked_product(kAhead, features));
        along.count = 0;  // nothing is there if it fails
        fetch_features(k, wanted, along.rows.data());
        along.first = k;
        along.count = wanted;
    }
    along.next = k + 1;
    std::copy_n(along.rows.data() + (k - along.first) * features, features, x);
}

}  // namespace tepui
