# Fits of R's nnet with their values, gradients and Hessians, written as JSON for test_nnet.py:
#     Rscript nnet_fits.R TABLES OUT.json [RANDOM]
# Each fit is trained as far as nnet goes. Recorded at its random start and at its end: nnet's value, the gradient (central
# differences of that value with two steps, extrapolated) and nnetHess. Where nothing decays, each neuron is also split in
# two and the eigenvalues of nnetHess at the split network are counted. RANDOM: instead of the fits, so many networks of
# random shape, loss and weights, which are not trained.
# Needs r-base-core and r-cran-nnet, nothing else.
library(nnet)
arguments <- commandArgs(trailingOnly = TRUE)
table_of <- function(name) read.csv(file.path(arguments[1], paste0(name, ".csv")))
standardized <- function(columns) {
    columns <- as.matrix(columns)
    (columns - rep(colMeans(columns), each = nrow(columns))) / rep(apply(columns, 2, sd), each = nrow(columns))
}

json <- function(value) {
    if (is.null(value)) return("null")
    if (is.list(value)) {
        entries <- vapply(value, json, "")
        if (is.null(names(value))) return(paste0("[", paste(entries, collapse = ",\n"), "]"))
        return(paste0("{", paste0("\"", names(value), "\": ", entries, collapse = ",\n"), "}"))
    }
    if (is.matrix(value)) return(json(lapply(seq_len(nrow(value)), function(k) listed(value[k, ]))))
    written <- if (is.character(value)) paste0("\"", value, "\"")
               else if (is.logical(value)) tolower(value)
               else sprintf("%.17g", value)
    if (length(value) == 1 && is.null(attr(value, "list"))) written else paste0("[", paste(written, collapse = ", "), "]")
}
listed <- function(values) structure(unname(values), list = TRUE)

value_at <- function(case, wts) do.call(nnet, c(case$call, list(Wts = wts, maxit = 0, trace = FALSE)))$value
gradient_at <- function(case, wts, step = 2e-3) {
    slope <- function(p, h) {
        e <- replace(numeric(length(wts)), p, h)
        (value_at(case, wts + e) - value_at(case, wts - e)) / (2 * h)
    }
    vapply(seq_along(wts), function(p) {
        one <- slope(p, step); two <- slope(p, step / 2); four <- slope(p, step / 4)
        two <- c((4 * two - one) / 3, (4 * four - two) / 3)
        (16 * two[2] - two[1]) / 15
    }, 0)
}
hessian_of <- function(case, net) nnetHess(net, case$call$x, case$call$y, case$call$weights)
point <- function(case, net, wts) {
    net$wts <- wts
    hessian <- hessian_of(case, net)
    list(wts = listed(wts), value = value_at(case, wts), gradient = listed(gradient_at(case, wts)),
         hessian = listed(hessian[lower.tri(hessian, diag = TRUE)]))  # columns of the lower triangle
}
inertia <- function(hessian) {  # of the Hessian scaled to ones on its diagonal
    scale <- 1 / sqrt(pmax(abs(diag(hessian)), 1e-12 * max(abs(diag(hessian)))))
    values <- eigen(hessian * outer(scale, scale), symmetric = TRUE, only.values = TRUE)$values
    list(negative = sum(values < -1e-6), zero = sum(abs(values) <= 1e-6), positive = sum(values > 1e-6),
         nearest = min(abs(values[abs(values) > 1e-6])), largest_zero = max(0, abs(values[abs(values) <= 1e-6])))
}
# The wider nnet in which neuron i is two with shares gamma of its output weights.
split_in_two <- function(case, net, i, gamma) {
    wide <- case
    wide$call$size <- case$call$size + 1
    p <- net$n[1]
    hidden <- net$n[2]
    to <- rep(seq_len(net$nunits) - 1, diff(net$nconn))
    source <- p + i
    wts <- numeric(0)
    for (unit in (p + 1):(net$nunits - 1)) {
        here <- which(to == unit)
        if (unit <= p + hidden) {
            wts <- c(wts, net$wts[here], if (unit == source) net$wts[here])
        } else {
            at <- which(net$conn[here] == source)
            wts <- c(wts, append(replace(net$wts[here], at, gamma[1] * net$wts[here][at]),
                                 gamma[2] * net$wts[here][at], at))
        }
    }
    # daughters stand side by side: the hidden units after them have moved up by one, as their sources have
    wide_net <- do.call(nnet, c(wide$call, list(Wts = wts, maxit = 0, trace = FALSE)))
    c(list(neuron = i - 1, gamma = listed(gamma), value = wide_net$value), inertia(hessian_of(wide, wide_net)))
}

# Every hidden unit as the first: training keeps them equal, and mostly ends in a saddle.
with_equal_neurons <- function(net) {
    to <- rep(seq_len(net$nunits) - 1, diff(net$nconn))
    first <- net$n[1] + 1
    hidden <- first + seq_len(net$n[2]) - 1
    wts <- net$wts
    for (unit in hidden) wts[to == unit] <- wts[to == first]
    for (unit in setdiff(unique(to), hidden))
        wts[to == unit & net$conn %in% hidden] <- wts[to == unit & net$conn == first]
    wts
}

fit <- function(name, table, inputs, targets, x, y, size, seed, weights = rep(1, nrow(x)),
                symmetric = FALSE, ...) {
    set.seed(seed)
    call <- list(...)
    case <- list(call = c(list(x = x, y = y, weights = weights, size = size, rang = 1), call[names(call) != "Wts"]))
    start <- do.call(nnet, c(case$call, list(maxit = 0, trace = FALSE)))
    net <- start
    if (symmetric) net$wts <- with_equal_neurons(net)
    if (!is.null(call$Wts)) net$wts <- call$Wts
    else for (again in 1:12)  # each time with a new approximation of the Hessian
        net <- do.call(nnet, c(case$call, list(Wts = net$wts, maxit = 5000, abstol = 0, reltol = 0, trace = FALSE)))
    hessian <- hessian_of(case, net)
    splits <- NULL
    if (all(net$decay == 0))
        splits <- unlist(lapply(seq_len(size), function(i)
            lapply(list(c(0.375, 0.625), c(1.5, -0.5)), function(gamma) split_in_two(case, net, i, gamma))), recursive = FALSE)
    list(name = name, table = table, inputs = listed(inputs), targets = listed(targets), x = unname(x), y = unname(y),
         weights = listed(weights), size = size, skip = isTRUE(call$skip), linout = isTRUE(call$linout),
         entropy = isTRUE(call$entropy), softmax = isTRUE(call$softmax), decay = listed(net$decay), conn = listed(net$conn),
         nconn = listed(net$nconn), start = point(case, start, start$wts), end = point(case, net, net$wts),
         inertia = inertia(hessian), splits = splits)
}

linnerud <- table_of("linnerud")
exercises <- c("chins", "situps", "jumps")
bodies <- c("weight", "waist", "pulse")
men <- standardized(linnerud[exercises])
shape <- standardized(linnerud[bodies])
iris_table <- table_of("iris")[seq(1, 150, by = 3), ]
petals <- c("petal_length", "petal_width")
flowers <- standardized(iris_table[petals])
species <- class.ind(iris_table$species)
by_block <- function(w, biases, a) c(rep(c(biases, w, w), 2), rep(c(biases, a, a), 3))

# Smooth targets, fitted best by weights of moderate size: nnet takes sigmoid(z) as 0 or 1 where |z| > 15.
grid <- cbind(seq(-2, 2, length.out = 24))
waves <- cbind(sin(1.5 * grid) + 0.2 * cos(4 * grid), tanh(grid) - 0.3 * sin(3 * grid), exp(-grid^2) + 0.1 * grid)
shares <- function(f) exp(f) / rowSums(exp(f))
chances <- shares(cbind(sin(1.3 * grid), 0.5 * cos(1.7 * grid) + 0.3 * sin(3 * grid), 0.2 * grid))
step <- (tanh(2 * grid - 0.5) + 0.3 * sin(grid) + 2) / 4
# Targets for which the neuron sigmoid(0.3 + 1.2 x), its output weight 1.5 and output bias -0.4 are stationary, with the
# inner Hessian 1e-3 diag(1, 2): the shortest residuals that solve these linear equations.
planted <- local({
    s <- plogis(0.3 + 1.2 * grid)
    first <- s * (1 - s)
    second <- first * (1 - 2 * s)
    conditions <- cbind(1, s, first, first * grid, 1.5 * drop(second) * cbind(1, grid, grid^2))
    1.5 * s - 0.4 - 1e-3 * conditions %*% solve(crossprod(conditions), c(0, 0, 0, 0, 1, 0, 2))
})
on_grid <- function(name, y, size, seed, ...) fit(name, "grid", "x", "smooth", grid, y, size, seed, ...)

fits <- if (length(arguments) == 2) list(
    on_grid("one neuron", waves[, 1, drop = FALSE], 1, 7, linout = TRUE),
    on_grid("planted", planted, 1, 0, linout = TRUE, Wts = c(0.3, 1.2, -0.4, 1.5)),
    on_grid("two neurons", waves[, 1, drop = FALSE], 2, 26, linout = TRUE),
    on_grid("skip", waves[, 3, drop = FALSE], 2, 26, linout = TRUE, skip = TRUE),
    on_grid("three outputs of one neuron", waves, 1, 17, linout = TRUE),
    on_grid("three outputs", waves, 2, 7, linout = TRUE),
    on_grid("entropy", step, 1, 14, entropy = TRUE),
    on_grid("entropy of two outputs", chances[, 1:2], 2, 20, entropy = TRUE),
    on_grid("softmax of probabilities", chances, 1, 12, softmax = TRUE),
    on_grid("least squares of logistic outputs", shares(waves)[, 2, drop = FALSE], 2, 29),
    fit("decay", "linnerud", exercises[1:2], bodies, men[, 1:2], shape, 2, 2, linout = TRUE, skip = TRUE, decay = 0.05),
    fit("decay by block", "linnerud", exercises[1:2], bodies, men[, 1:2], shape, 2, 4, linout = TRUE,
        decay = by_block(0.5, 0, 0.02)),
    fit("entropy with decay", "iris", petals, "species", flowers, species[, 1:2], 2, 7, entropy = TRUE, decay = 0.05),
    fit("softmax of classes", "iris", petals, "species", flowers, species, 2, 9, softmax = TRUE, skip = TRUE, decay = 0.02,
        weights = rep(c(1, 2), 25)),
    fit("equal neurons", "linnerud", exercises[1:2], bodies, men[, 1:2], shape, 2, 2, symmetric = TRUE, linout = TRUE, decay = 0.05),
    fit("equal neurons of classes", "iris", petals, "species", flowers, species, 2, 9, symmetric = TRUE, softmax = TRUE,
        decay = 0.2))
random_network <- function(seed) {
    set.seed(seed)
    n <- sample(5:30, 1); inputs <- sample(4, 1); outputs <- sample(4, 1); size <- sample(5, 1)
    loss <- sample(c("linout", "entropy", "softmax", "logistic"), 1)
    if (loss == "softmax") outputs <- outputs + 1
    x <- matrix(rnorm(n * inputs), n)
    y <- matrix(rnorm(n * outputs), n)
    if (loss == "softmax") y <- shares(y)
    if (loss %in% c("entropy", "logistic")) y <- plogis(y)
    if (loss %in% c("softmax", "entropy") && runif(1) < 0.5) y <- (y == apply(y, 1, max)) * 1
    call <- list(x = x, y = y, weights = if (runif(1) < 0.5) rep(1, n) else rexp(n), size = size, rang = 1.5,
                 skip = runif(1) < 0.5, decay = if (runif(1) < 0.5) 0 else rexp(1))
    call[[loss]] <- if (loss != "logistic") TRUE
    net <- do.call(nnet, c(call, list(maxit = 0, trace = FALSE)))
    at <- point(list(call = call), net, net$wts)
    list(name = paste("random", seed), x = x, y = y, weights = listed(call$weights), size = size, skip = call$skip,
         linout = loss == "linout", entropy = loss == "entropy", softmax = loss == "softmax", decay = listed(net$decay),
         conn = listed(net$conn), nconn = listed(net$nconn), start = at, end = at)
}
if (length(arguments) > 2) fits <- lapply(seq_len(as.integer(arguments[3])), random_network)

writeLines(json(list(R = R.version.string, nnet = as.character(packageVersion("nnet")),
                     written_by = "tests/oracles/nnet_fits.R", fits = fits)), arguments[2])
