#include "network/pass/work.hpp"

namespace tepui {

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

}  // namespace tepui
