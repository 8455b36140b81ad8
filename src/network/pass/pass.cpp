#include "network/pass/pass.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "network/pass/block_evaluator.hpp"
#include "network/pass/rank_sums.hpp"
#include "network/pass/slab_sums.hpp"

namespace tepui {
namespace {

// The lowest offending sample of a block, whichever thread sees it first.
class FirstBadSample {
  public:
    void note(Size sample) noexcept {
        Size seen = sample_.load();
        while (sample < seen && !sample_.compare_exchange_weak(seen, sample)) {
        }
    }
    void forget() noexcept { sample_.store(INT64_MAX); }
    bool any() const noexcept { return sample_.load() != INT64_MAX; }
    Size sample() const noexcept { return sample_.load(); }

  private:
    std::atomic<Size> sample_{INT64_MAX};
};

// Tells the listener how far the pass is, a few dozen times a second at most; the calling thread only.
class ProgressClock {
  public:
    explicit ProgressClock(const Execution& execution) : execution_(execution), last_(Clock::now()) {}
    bool wants_to_stop(double fraction) {
        const Clock::time_point now = Clock::now();
        if (now - last_ < std::chrono::milliseconds(25)) return false;
        last_ = now;
        return !execution_.report("pass over samples", fraction);
    }

  private:
    using Clock = std::chrono::steady_clock;
    const Execution& execution_;
    Clock::time_point last_;
};

void require_derivatives(const Activation& activation, int order) {
    const bool smooth = activation.traits().smoothness != Smoothness::piecewise_linear;
    if (smooth && order > activation.derivatives()) {
        throw Error(Status::unsupported, "activation " + std::string(activation.name()) + " has " +
                                             std::to_string(activation.derivatives()) +
                                             " continuous derivatives, this needs " + std::to_string(order));
    }
}

int required_order(const Network& network, std::span<Accumulator* const> accumulators) {
    int order = 0;
    for (const Accumulator* accumulator : accumulators)
        order = std::max(order, accumulator->derivative_order());
    require_derivatives(network.activation, order);
    for (const Activation& activation : network.unit_activations) require_derivatives(activation, order);
    return order;
}

double products_per_sample(const Network& network, std::span<Accumulator* const> accumulators) {
    double products = static_cast<double>(network.width) *
                      (static_cast<double>(network.inputs) + network.activation.products());
    for (const Accumulator* accumulator : accumulators) products += accumulator->products_per_sample();
    return products;
}

void check_inputs(const Dataset& data, const Network& network) {
    if (data.inputs() != network.inputs) {
        throw Error(Status::invalid_size, "the network has " + std::to_string(network.inputs) +
                                              " inputs, the data set gives " + std::to_string(data.inputs()) +
                                              (data.bias() ? " with its bias" : ""));
    }
    if (data.outputs() != network.output_count) {
        throw Error(Status::invalid_size, "the network has " + std::to_string(network.output_count) +
                                              " outputs, a sample has " + std::to_string(data.outputs()) +
                                              " targets");
    }
}

// Parts [begin, end) of one accumulator.
struct RangeTask {
    Accumulator* accumulator;
    Size begin, end;
};

// Where the slab of this sample ends.
Size end_of_slab(const Slabs& slabs, Size samples, Size sample) {
    Size slab = sample / (samples / slabs.count() + 1);
    while (slabs.end(slab) <= sample) ++slab;
    return slabs.end(slab);
}

// Samples [begin, end) of a slab.
struct Portion {
    Size slab, begin, end;
};

// Enough tasks to share the work evenly, and no more: neighbouring parts share what they read.
std::vector<RangeTask> range_tasks(const Lane& accumulators, int threads) {
    constexpr Size kTasksPerThread = 4;
    std::vector<RangeTask> tasks;
    for (Accumulator* accumulator : accumulators) {
        const Size parts = accumulator->parts();
        const Size ranges =
            threads > 1 ? std::min(parts, kTasksPerThread * threads) : std::min(parts, Size{1});
        for (Size range = 0; range < ranges; ++range)
            tasks.push_back({accumulator, parts * range / ranges, parts * (range + 1) / ranges});
    }
    return tasks;
}

constexpr const char* kCancelled = "cancelled during the pass over samples";

}  // namespace

// Where there are as many slabs as threads, and sums that stay in cache, each thread takes whole slabs and
// waits for nobody; else all of them share the work on each block.
class Pass::Work {
  public:
    Work(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
         const Blocking& blocking)
        : data_(data),
          network_(network),
          blocking_(blocking),
          order_(required_order(network, accumulators)),
          products_(products_per_sample(network, accumulators)),
          finest_(data.samples()),
          slabs_(data.samples(), blocking.slabs) {
        lanes_.emplace_back(accumulators.begin(), accumulators.end());
        const bool alone = std::all_of(accumulators.begin(), accumulators.end(),
                                       [](const Accumulator* one) { return one->sums_alone(); });
        copies_ = slabs_.count() > 1 && alone && add_lane();
        if (!alone) {
            slabs_ = Slabs(data.samples(), 1);
        } else if (!copies_) {
            Size bytes = 0;
            for (Accumulator* one : accumulators) bytes += one->sums().size() * Size{sizeof(double)};
            slabs_ = Slabs(data.samples(), slabs_of_large_sums(data.samples(), blocking, bytes));
        }
        if (data.share() != nullptr) {
            require_shared(alone);
            ranks_.emplace(*data.share(), slabs_);
        }
        find_portions();
    }

    void run(const Execution& execution) {
        clock_.emplace(execution);
        threads_ = worthwhile_threads(products_ * static_cast<double>(data_.held_end() - data_.held_begin()),
                                      execution.threads);
        if (ranks_) {
            run_with_ranks();
        } else {
            open();
            run_whole();
            require_success();
            finish_whole();
        }
        unfinished_ = false;
    }
    void clear_sums() {
        for (const Lane& lane : lanes_) {
            for (Accumulator* accumulator : lane) accumulator->clear();
        }
        if (tree_) tree_->clear();
        unfinished_ = false;
    }

  private:
    Size samples() const { return data_.samples(); }
    // Blocks end where the finest slabs do, so that ranks, which share slabs of large sums there, have the
    // same.
    EvaluatedBlock open_block(BlockEvaluator& evaluator, Size first, Size end) const {
        const Size last = std::min(end, end_of_slab(finest_, samples(), first));
        return evaluator.open(first, std::min(blocking_.block, last - first));
    }
    static Size strips(const EvaluatedBlock& block, Size length) {
        return (block.padded + length - 1) / length;
    }
    void ask_listener(Size first) {
        if (clock_->wants_to_stop(static_cast<double>(first) / static_cast<double>(samples())))
            cancelled_ = true;
    }
    bool in_lanes() const {
        return threads_ == 1 || (copies_ && threads_ <= static_cast<int>(whole_.size()));
    }

    void require_shared(bool alone) const {
        data_.share()->collective->require_open();
        if (alone) return;
        throw Error(Status::unsupported,
                    "samples are shared out over ranks, and kinks of ReLU-like neurons are found in one "
                    "process: a data set that every rank has is expected (TEPUI_OPTION_GATHERED_VALUES)");
    }

    // What of each slab is here.
    void find_portions() {
        for (Size slab = 0; slab < slabs_.count(); ++slab) {
            const Portion portion{slab, std::max(slabs_.begin(slab), data_.held_begin()),
                                  std::min(slabs_.end(slab), data_.held_end())};
            if (portion.begin >= portion.end) continue;
            const bool arrives = portion.begin > slabs_.begin(slab), leaves = portion.end < slabs_.end(slab);
            if (arrives) {
                arriving_ = portion;
            } else if (leaves) {
                leaving_ = portion;
            } else {
                whole_.push_back(portion);
            }
        }
    }

    bool add_lane() {
        Lane lane;
        for (const Accumulator* accumulator : lanes_.front()) {
            std::unique_ptr<Accumulator> sibling = accumulator->sibling();
            if (sibling == nullptr) return false;
            lane.push_back(sibling.get());
            siblings_.push_back(std::move(sibling));
        }
        lanes_.push_back(std::move(lane));
        return true;
    }

    // Everything that the run needs, at the parameters that the network has now; what was summed before is
    // put aside.
    void open() {
        bad_.forget();
        cancelled_ = false;
        next_ = 0;
        const int count = in_lanes() ? threads_ : 1;
        while (lanes_.size() < static_cast<std::size_t>(count)) add_lane();
        while (evaluators_.size() < static_cast<std::size_t>(count))
            evaluators_.push_back(std::make_unique<BlockEvaluator>(data_, network_, blocking_.block, order_));
        for (const auto& evaluator : evaluators_) evaluator->read_parameters();
        for (const Lane& lane : lanes_) {
            for (Accumulator* accumulator : lane) accumulator->read(network_);
        }
        while (opened_ < lanes_.size()) {
            for (Accumulator* accumulator : lanes_[opened_]) accumulator->open(evaluators_.front()->stride());
            ++opened_;
        }
        if (slabs_.count() == 1 && !ranks_) return;
        if (!tree_) tree_.emplace(lanes_.front(), slabs_.levels(), count + slabs_.levels() + 3);
        if (unfinished_) {
            tree_->clear();
            for (std::size_t l = 1; l < lanes_.size(); ++l) {
                for (Accumulator* accumulator : lanes_[l]) accumulator->clear();
            }
        }
        unfinished_ = true;
        before_ = tree_->take_out(lanes_.front(), 0);
    }

    void run_whole() {
        if (whole_.empty()) return;
        if (in_lanes()) {
            run_lanes();
        } else {
            run_blocks(whole_);
        }
    }

    void require_success() const {
        if (bad_.any()) throw Error(Status::numeric, bad_sample());
        if (cancelled_) throw Error(Status::cancelled, kCancelled);
    }
    std::string bad_sample() const {
        return "the residual of sample " + std::to_string(bad_.sample()) +
               " is not finite: the activations or their sum overflow";
    }

    void finish_whole() {
        if (!tree_) return;
        SlabSum root = tree_->take(tree_->levels(), 0);
        add_to_sums(root);
        tree_->drop(std::move(root));
    }
    // To what was summed before.
    void add_to_sums(const SlabSum& root) {
        for (Size piece = 0; piece < tree_->pieces(); ++piece) tree_->add(before_, root, piece);
        SlabSums::put_in(lanes_.front(), before_);
        tree_->drop(std::move(before_));
    }

    // False when a sample of the strip is not finite.
    bool fill(BlockEvaluator& evaluator, const EvaluatedBlock& block, Size strip, Size length,
              const Lane& lane) {
        const Size begin = strip * length;
        const Size end = std::min(begin + length, block.padded);
        const Size offending = evaluator.fill(begin, end);
        if (offending >= 0) {
            bad_.note(offending);
            return false;
        }
        for (Accumulator* accumulator : lane) accumulator->prepare(block, begin, end);
        return true;
    }

    void run_lanes();
    void work(std::size_t worker, bool calling_thread);
    void run_blocks(std::span<const Portion> portions, bool merge = true);
    void merge_slab(Team& team, Size slab);
    void run_with_ranks();
    void run_part(const Portion& part, Outcome& outcome);
    Outcome outcome_of_run() const;
    void chain_parts(Outcome& outcome);

    const Dataset& data_;
    const Network& network_;
    Blocking blocking_;
    int order_;
    double products_;
    Slabs finest_, slabs_;
    std::vector<Portion> whole_;
    std::optional<Portion> arriving_, leaving_;  // slabs that ranks before and after hold some samples of
    std::vector<Lane> lanes_;                    // that of the caller, and those of other threads
    std::vector<std::unique_ptr<Accumulator>> siblings_;
    std::size_t opened_ = 0;  // lanes
    bool copies_ = false;     // there are siblings
    std::optional<SlabSums> tree_;
    std::optional<RankSums> ranks_;
    SlabSum before_, current_;
    std::optional<SlabSum> half_;
    std::vector<std::unique_ptr<BlockEvaluator>> evaluators_;  // of each thread
    std::atomic<std::size_t> next_{0};                         // slab that nobody has begun
    std::vector<RangeTask> tasks_;
    int threads_ = 1, tasks_for_ = 0;
    bool unfinished_ = false;
    FirstBadSample bad_;
    std::optional<ProgressClock> clock_;
    std::atomic<bool> cancelled_{false};
};

void Pass::Work::run_lanes() {
    run_team(threads_, [&](Team& team) {
        team.phase(threads_, [&](Size worker, Size thread) {
            try {
                work(static_cast<std::size_t>(worker), thread == 0);
            } catch (...) {
                next_ = whole_.size();
                throw;
            }
        });
    });
}

void Pass::Work::work(std::size_t worker, bool calling_thread) {
    BlockEvaluator& evaluator = *evaluators_[worker];
    const Lane& lane = lanes_[worker];
    const Size length = 2 * blocking_.strip;  // nobody waits for a strip: longer ones begin less often
    for (std::size_t at = next_++; at < whole_.size(); at = next_++) {
        const Portion& slab = whole_[at];
        bool finite = true;
        for (Size first = slab.begin; first < slab.end;) {
            if (calling_thread) ask_listener(first);
            // Others go on before an offending sample: they may find an earlier one.
            if (cancelled_ || first > bad_.sample()) return;
            const EvaluatedBlock block = open_block(evaluator, first, slab.end);
            for (Size strip = 0; strip < strips(block, length) && finite; ++strip)
                finite = fill(evaluator, block, strip, length, lane);
            if (!finite) break;
            for (Accumulator* accumulator : lane) accumulator->add(block, 0, accumulator->parts());
            first += block.count;
        }
        if (finite && tree_) tree_->place(tree_->take_out(lane, slab.slab));
    }
}

void Pass::Work::run_blocks(std::span<const Portion> portions, bool merge) {
    BlockEvaluator& evaluator = *evaluators_.front();
    const Lane& lane = lanes_.front();
    if (tasks_for_ != threads_) tasks_ = range_tasks(lane, threads_);
    tasks_for_ = threads_;
    std::size_t at = 0;
    EvaluatedBlock block = open_block(evaluator, portions[0].begin, portions[0].end);
    run_team(threads_, [&](Team& team) {
        for (;;) {
            team.phase(strips(block, blocking_.strip),
                       [&](Size strip, Size) { fill(evaluator, block, strip, blocking_.strip, lane); });
            if (omp_get_thread_num() == 0) ask_listener(block.first);
            team.phase(static_cast<Size>(tasks_.size()), [&](Size task, Size) {
                const RangeTask& range = tasks_[task];
                if (!bad_.any()) range.accumulator->add(block, range.begin, range.end);
            });
            // Every thread decides alike: nothing below changes before all have passed the barrier.
            const Portion& slab = portions[at];
            const Size next = block.first + block.count;
            const bool complete = next >= slab.end, last = at + 1 == portions.size();
            const bool stop = cancelled_ || bad_.any() || team.failed();
            team.wait();
            if (stop) break;
            if (complete && tree_ && merge) merge_slab(team, slab.slab);
            if (complete && last) break;
            team.phase(1, [&](Size, Size) {
                if (complete) ++at;
                block = open_block(evaluator, complete ? portions[at].begin : next, portions[at].end);
            });
        }
    });
}

// The threads share the additions; what they decide by is written by one of them, before a barrier.
void Pass::Work::merge_slab(Team& team, Size slab) {
    team.phase(1, [&](Size, Size) {
        half_.reset();
        current_ = tree_->take_out(lanes_.front(), slab);
    });
    for (;;) {
        team.phase(1, [&](Size, Size) {
            half_ = tree_->other_half(current_);
            if (half_ && (current_.index & 1) != 0) std::swap(current_, *half_);
        });
        if (!half_) break;
        team.phase(tree_->pieces(), [&](Size piece, Size) { tree_->add(current_, *half_, piece); });
        team.phase(1, [&](Size, Size) {
            SlabSum merged = std::move(*half_);
            half_.reset();
            SlabSums::rise(current_);
            tree_->drop(std::move(merged));
        });
    }
    team.phase(1, [&](Size, Size) { tree_->keep(std::move(current_)); });
}

Outcome Pass::Work::outcome_of_run() const {
    Outcome outcome;
    if (bad_.any()) {
        outcome.fail(Status::numeric, bad_.sample(), bad_sample().c_str());
    } else if (cancelled_) {
        outcome.fail(Status::cancelled, -1, kCancelled);
    }
    return outcome;
}

// A failure is told to the others before anything else is exchanged; then nothing can fail.
void Pass::Work::run_with_ranks() {
    Outcome outcome;
    try {
        open();
        ranks_->open(*tree_);
        run_whole();
        outcome = outcome_of_run();
    } catch (...) {
        outcome = Outcome::failure();
    }
    outcome.signature = ranks_->signature();
    ranks_->settle(outcome);  // where a listener wants to stop, the next question of any is answered so
    if (ranks_->chained()) {
        chain_parts(outcome);
        outcome.signature = ranks_->signature();
        ranks_->settle(outcome);
    }
    SlabSum root = ranks_->merge(*tree_);
    add_to_sums(root);
    tree_->drop(std::move(root));
    for (const Accumulator* accumulator : lanes_.front()) {
        for (const Accumulator::SampleArray& array : accumulator->sample_arrays(network_))
            ranks_->gather(array.values, array.each);
    }
}

void Pass::Work::run_part(const Portion& part, Outcome& outcome) {
    try {
        run_blocks({&part, 1}, false);
        outcome = outcome_of_run();
    } catch (...) {
        outcome = Outcome::failure();
    }
}

// Slabs that several ranks hold samples of: each adds its own to what it is sent.
void Pass::Work::chain_parts(Outcome& outcome) {
    const Lane& lane = lanes_.front();
    if (leaving_) {
        run_part(*leaving_, outcome);
        SlabSum sum = tree_->take_out(lane, leaving_->slab);
        ranks_->pass_on(sum, outcome.status == Status::ok);
        tree_->drop(std::move(sum));
    }
    if (!arriving_) return;
    SlabSum sum = tree_->zeros(0, arriving_->slab);
    const bool good = ranks_->take_on(sum) && outcome.status == Status::ok;
    if (good) {
        SlabSums::put_in(lane, sum);
        run_part(*arriving_, outcome);
        SlabSums::put_in(lane, sum);
    }
    if (arriving_->end < slabs_.end(arriving_->slab)) {
        ranks_->pass_on(sum, good && outcome.status == Status::ok);
        tree_->drop(std::move(sum));
    } else {
        tree_->place(std::move(sum));
    }
}

Pass::Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators) {
    check_inputs(data, network);
    Size preferred = 0;
    for (const Accumulator* accumulator : accumulators)
        preferred = std::max(preferred, accumulator->preferred_block());
    work_ = std::make_unique<Work>(data, network, accumulators,
                                   choose_blocking(data.samples(), network.width, network.inputs, preferred));
}

Pass::Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
           const Blocking& blocking) {
    check_inputs(data, network);
    work_ = std::make_unique<Work>(data, network, accumulators, blocking);
}

Pass::~Pass() = default;

void Pass::run(const Execution& execution) {
    work_->run(execution);
}

void Pass::run_anew(const Execution& execution) {
    work_->clear_sums();
    work_->run(execution);
}

}  // namespace tepui
