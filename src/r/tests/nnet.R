# Verdicts on fits of nnet against nnetHess, nnet's own Hessian.
library(tepui)
library(nnet)

counts <- function(fit, x, y, weights = rep(1, nrow(x))) {
    hessian <- nnetHess(fit, x, y, weights)
    scale <- 1 / sqrt(pmax(diag(hessian), 1e-12 * max(diag(hessian))))
    values <- eigen(hessian * outer(scale, scale), symmetric = TRUE, only.values = TRUE)$values
    c(sum(values < -1e-7), sum(abs(values) <= 1e-7))
}
agrees <- function(judged, x, y, weights = rep(1, nrow(x)))
    stopifnot(identical(as.numeric(c(judged$morse_index, judged$nullity)), as.numeric(counts(judged$fit, x, y, weights))))
trained <- function(seed, ...) {
    set.seed(seed)
    run <- function(...) nnet(..., trace = FALSE, maxit = 5000, abstol = 0, reltol = 0)
    fit <- run(...)
    for (again in 1:12) fit <- run(..., Wts = fit$wts)  # each time with a new approximation of the Hessian
    fit
}
fails <- function(expression, words) {
    said <- tryCatch({ expression; "" }, error = conditionMessage)
    if (!grepl(words, said)) stop("said '", said, "', not '", words, "'")
}

x <- cbind(seq(-2, 2, length.out = 24))
y <- cbind(sin(1.5 * x) + 0.2 * cos(4 * x), tanh(x) - 0.3 * sin(3 * x), exp(-x^2) + 0.1 * x)
p <- exp(y) / rowSums(exp(y))

# One and several outputs, skip-layer connections, entropy, least squares of logistic outputs; every split of every neuron.
cases <- list(list(y[, 1], 2, 26, linout = TRUE), list(y[, 3], 2, 26, linout = TRUE, skip = TRUE), list(y, 2, 7, linout = TRUE),
              list((tanh(2 * x - 0.5) + 0.3 * sin(x) + 2) / 4, 1, 14, entropy = TRUE), list(p[, 2], 2, 29))
for (case in cases) {
    target <- cbind(case[[1]])
    fit <- do.call(trained, c(list(case[[3]], x, target, size = case[[2]], rang = 1), case[-(1:3)]))
    judged <- tepui_nnet(fit, x, target)
    stopifnot(judged$verdict == "local_minimum", judged$gradient_relative < 1e-11, nrow(judged$neurons) == case[[2]],
              abs(judged$value - fit$value) < 1e-6, abs(judged$value - judged$fit$value) < 1e-12)
    agrees(judged, x, target)
    for (i in seq_len(case[[2]])) for (gamma in list(c(0.4, 0.6), c(1.5, -0.5), c(0.5, 0.75, -0.25))) {
        split <- tepui_split(judged, i, gamma)
        stopifnot(length(split$fit$wts) == length(fit$wts) + (length(gamma) - 1) * (2 + ncol(target)),
                  abs(split$fit$value - judged$value) < 1e-12, max(abs(predict(split$fit, x) - predict(judged$fit, x))) < 1e-12)
        agrees(split, x, target)
        if (split$verdict == "saddle") {
            stopifnot(split$way_down$value < judged$value, abs(judged$value - split$way_down$value - split$fall) < 1e-12)
            # The same point, judged as a fit, has a way down of its own.
            wide <- tepui_nnet(split$fit, x, target)
            stopifnot(wide$verdict == "saddle", wide$way_down$value < judged$value)
        }
    }
}
print(judged)
print(split)

# Formulas, classes, case weights, decay.
flowers <- iris[seq(1, 150, by = 3), ]
weights <- rep(c(1, 2), 25)
set.seed(9)
fit <- nnet(Species ~ Petal.Length + Petal.Width, data = flowers, weights = weights, size = 2, decay = 0.02, skip = TRUE,
            trace = FALSE, maxit = 5000, reltol = 0)
judged <- tepui_nnet(fit, data = flowers, weights = weights)
stopifnot(judged$verdict == "local_minimum", grepl("decay", judged$splits_refused),
          identical(predict(judged$fit, flowers, type = "class"), predict(fit, flowers, type = "class")))
agrees(judged, scale(as.matrix(flowers[3:4]), FALSE, FALSE), class.ind(flowers$Species), weights)
fails(tepui_split(judged, 1), "decay")
two <- nnet(factor(Species == "virginica") ~ Petal.Length, data = flowers, size = 1, decay = 0.1, trace = FALSE, maxit = 5000,
            reltol = 0)
stopifnot(tepui_nnet(two, data = flowers)$verdict == "local_minimum")

# From two equal neurons training ends in a saddle; from its way down it goes on to a minimum.
both <- function(...) nnet(flowers[3:4], class.ind(flowers$Species), size = 2, softmax = TRUE, decay = 0.2, trace = FALSE, ...)
equal <- c(rep(c(0.1, 0.5, -0.4), 2), 0.1, 0.3, 0.3, 0.2, -0.6, -0.6, -0.1, 0.4, 0.4)
saddle <- tepui_nnet(both(Wts = equal, maxit = 200, reltol = 1e-7), flowers[3:4], class.ind(flowers$Species))
stopifnot(saddle$verdict == "saddle", saddle$morse_index >= 1, saddle$way_down$value < saddle$value,
          both(Wts = saddle$way_down$wts, maxit = 5000, reltol = 0)$value < saddle$way_down$value)
agrees(saddle, as.matrix(flowers[3:4]), class.ind(flowers$Species))
print(saddle)

# Nowhere near a stationary point; refusals.
start <- nnet(x, y, size = 2, linout = TRUE, trace = FALSE, maxit = 0)
away <- tepui_nnet(start, x, y, polish = FALSE)
stopifnot(away$verdict == "not_stationary", identical(away$fit, start))
fails(tepui_split(away, 1), "not a stationary point")
fails(tepui_split(judged, 3), "not one of 1 to 2")
fails(tepui_nnet(start, x[-1, , drop = FALSE], y), "23 rows")
fails(tepui_nnet(start, cbind(x, x), y), "2 columns")
fails(tepui_nnet(list(), x, y), "nnet")
fails(tepui_nnet(start, replace(x, 3, NA), y), "x\\[2\\]\\[0\\]")
fails(tepui_nnet(nnet(x, y, size = 1, linout = TRUE, decay = c(0.1, 0.1, 0, 0.2, 0, 0.3, 0, 0), trace = FALSE, maxit = 0), x, y), "differs within")
again <- unserialize(serialize(tepui_nnet(start, x, y, polish = FALSE), NULL))
fails(tepui:::loss_at(again$model, again$model$theta), "judge the fit again")
