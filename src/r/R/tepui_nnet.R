tepui_nnet <- function(fit, x, y, weights = NULL, data = NULL, polish = TRUE, stationarity = 1e-8) {
    if (!is.null(data)) {
        read <- columns_of(fit, data)
        x <- read$x
        y <- read$y
        if (is.null(weights)) weights <- read$weights
    }
    model <- model_of(fit, x, y, weights)
    given <- model$theta
    if (polish) {
        near <- .Call(C_polished, model$problem, model$theta, model$size, model$skip)
        # A search may leave for elsewhere: then the fit is judged as it is.
        if (!is.null(near) && max(abs(near - given)) <= 1e-2 * max(abs(given))) model$theta <- near
    }
    answer <- .Call(C_classify, model$problem, model$theta, model$size, model$skip, stationarity)
    report <- answer[[2]]
    structure(list(verdict = report$verdict, rule = report$rule, reason = report$reason,
                   morse_index = report$whole$morse_index, nullity = report$whole$nullity,
                   value = model$scale * report$loss + model$constant, gradient_relative = report$gradient_relative,
                   moved = max(abs(model$theta - given)), neurons = neurons_of(report),
                   splits_refused = report$splits_refused,
                   fit = if (identical(model$theta, given)) fit else as_nnet(model, model$theta),
                   way_down = if (!is.null(answer[[3]])) as_nnet(model, answer[[3]]), report = report,
                   model = model, handle = answer[[1]]), class = "tepui_nnet")
}

# What nnet() with a formula made of the data.
columns_of <- function(fit, data) {
    if (!inherits(fit, "nnet.formula")) stop("'data' is for fits of nnet() with a formula; give 'x' and 'y'")
    frame <- model.frame(fit$terms, data, xlev = fit$xlevels)
    x <- model.matrix(fit$terms, frame, contrasts.arg = fit$contrasts)
    y <- model.response(frame)
    if (is.factor(y)) y <- if (nlevels(y) == 2) as.integer(y) - 1 else class.ind(y)
    list(x = x[, colnames(x) != "(Intercept)", drop = FALSE], y = y, weights = model.weights(frame))
}

neurons_of <- function(report) {
    one <- function(neuron, name) if (is.null(neuron[[name]])) NA else neuron[[name]]
    rows <- lapply(seq_along(report$neurons), function(g) {
        neuron <- report$neurons[[g]]
        data.frame(neuron = paste(report$whole$groups[[g]]$neurons + 1, collapse = "+"), plateau = one(neuron, "plateau"),
                   rule = one(neuron, "rule"), local_minima = one(neuron, "local_minima"), saddles = one(neuron, "saddles"))
    })
    if (length(rows)) do.call(rbind, rows)
}

tepui_split <- function(verdict, neuron, gamma = c(0.5, 0.5)) {
    if (!inherits(verdict, "tepui_nnet")) stop("'verdict' is not what tepui_nnet() returns")
    model <- verdict$model
    if (length(neuron) != 1 || !neuron %in% seq_len(model$size)) stop("'neuron' is not one of 1 to ", model$size)
    groups <- verdict$report$whole$groups
    group <- which(vapply(groups, function(one) identical(as.numeric(one$neurons), neuron - 1), NA))
    if (!length(groups)) stop("the fit is not a stationary point: no split of it is one")
    if (!length(group)) stop("neuron ", neuron, " is one of several that are daughters of one neuron; split a narrower fit")
    gamma <- as.double(gamma)
    report <- .Call(C_split, model$problem, verdict$handle, group - 1, gamma)
    at <- function(epsilon) wide_parameters(model, neuron, length(gamma),
                                            .Call(C_way_down, model$problem, verdict$handle, group - 1, gamma, epsilon))
    resting <- split_parameters(model, neuron, gamma)
    way <- if (report$verdict == "saddle") best_step(model, resting, at)
    structure(list(verdict = report$verdict, rule = report$rule, reason = report$reason,
                   morse_index = report$index$morse_index, nullity = report$index$nullity, neuron = neuron, gamma = gamma,
                   fit = as_nnet(model, resting), way_down = if (!is.null(way)) as_nnet(model, way$theta),
                   fall = if (!is.null(way)) model$scale * way$fall, report = report), class = "tepui_split")
}

# The parameters with neuron i replaced by rows w and a; all else as it is.
replaced <- function(model, neuron, w, a) {
    d <- model$inputs + 1
    rows <- matrix(model$theta[seq_len(model$size * d)], ncol = d, byrow = TRUE)
    outputs <- matrix(model$theta[model$size * d + seq_len(model$size * model$outputs)], ncol = model$outputs, byrow = TRUE)
    before <- seq_len(neuron - 1)
    after <- seq_len(model$size - neuron) + neuron
    c(t(rbind(rows[before, , drop = FALSE], w, rows[after, , drop = FALSE])),
      t(rbind(outputs[before, , drop = FALSE], a, outputs[after, , drop = FALSE])),
      model$theta[-seq_len(model$size * (d + model$outputs))])
}
split_parameters <- function(model, neuron, gamma) {
    d <- model$inputs + 1
    w <- model$theta[(neuron - 1) * d + seq_len(d)]
    a <- model$theta[model$size * d + (neuron - 1) * model$outputs + seq_len(model$outputs)]
    replaced(model, neuron, matrix(w, length(gamma), d, byrow = TRUE), outer(gamma, a))
}
wide_parameters <- function(model, neuron, r, way)
    replaced(model, neuron, matrix(way[[1]], r, byrow = TRUE), matrix(way[[2]], r, byrow = TRUE))

# The step along a way down after which the loss has fallen the most, of powers of two; NULL where none falls beyond rounding.
best_step <- function(model, resting, at) {
    rest <- loss_at(model, resting, wide_size(model, resting))
    best <- NULL
    for (epsilon in 2^(2:-24)) {
        theta <- at(epsilon)
        fall <- rest - loss_at(model, theta, wide_size(model, theta))
        if (is.finite(fall) && fall > 1e-14 * rest * sqrt(nrow(model$x)) && (is.null(best) || fall > best$fall))
            best <- list(theta = theta, fall = fall)
        else if (!is.null(best)) break
    }
    best
}
wide_size <- function(model, theta)
    (length(theta) - (length(model$theta) - model$size * (model$inputs + 1 + model$outputs))) / (model$inputs + 1 + model$outputs)

print.tepui_nnet <- function(x, ...) {
    cat(toupper(gsub("_", " ", x$verdict)), " (", x$rule, "): ", x$reason, "\n", sep = "")
    cat("value ", format(x$value, digits = 10), ", relative gradient ", format(x$gradient_relative, digits = 3), sep = "")
    if (x$moved > 0) cat(", after a move of ", format(x$moved, digits = 2), " to the stationary point nearby", sep = "")
    if (!is.null(x$morse_index)) cat("\nMorse index ", x$morse_index, ", nullity ", x$nullity, sep = "")
    cat("\n")
    if (!is.null(x$splits_refused)) cat(x$splits_refused, "\n", sep = "")
    else if (!is.null(x$neurons)) print(x$neurons, row.names = FALSE)
    if (!is.null(x$way_down)) cat("way down: value ", format(x$way_down$value, digits = 10), "\n", sep = "")
    invisible(x)
}

print.tepui_split <- function(x, ...) {
    cat("neuron ", x$neuron, " by (", paste(format(x$gamma), collapse = ", "), "): ", toupper(gsub("_", " ", x$verdict)), " (",
        x$rule, "): ", x$reason, "\n", sep = "")
    if (!is.null(x$morse_index)) cat("Morse index ", x$morse_index, ", nullity ", x$nullity, "\n", sep = "")
    if (!is.null(x$fall)) cat("way down: the value falls by ", format(x$fall, digits = 3), "\n", sep = "")
    invisible(x)
}
