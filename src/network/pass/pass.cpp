#include "network/pass/pass.hpp"

#include <algorithm>

#include "network/pass/work.hpp"

namespace tepui {
namespace {

void require_derivatives(const Activation& activation, int order) {
    if (!activation.piecewise_linear() && order > activation.derivatives()) {
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

}  // namespace

Pass::Work::Work(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
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

void Pass::Work::run(const Execution& execution) {
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

void Pass::Work::require_shared(bool alone) const {
    data_.share()->collective->require_open();
    if (alone) return;
    throw Error(Status::unsupported,
                "samples are shared out over ranks, and kinks of ReLU-like neurons are found in one "
                "process: a data set that every rank has is expected (TEPUI_OPTION_GATHERED_VALUES)");
}

// What of each slab is here.
void Pass::Work::find_portions() {
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

bool Pass::Work::add_lane() {
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

// Everything that the run needs, at the parameters that the network has now; what was summed before is put
// aside.
void Pass::Work::open() {
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
