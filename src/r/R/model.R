# An nnet fit as a model of the library, and back.

losses <- c(squared = 1L, logistic = 2L, softmax = 3L, "least squares of logistic outputs" = 64L)

# Where in nnet's weights each of the library's parameters is. nnet lists, unit by unit, what comes in: bias, then the units
# before, then the inputs that skip; the library W row by row with the bias last, a[m][K], then C[K][inputs + bias] or b[K].
parameter_order <- function(inputs, size, outputs, skip) {
    incoming <- inputs + 1
    first_output <- size * incoming
    each <- 1 + size + (if (skip) inputs else 0)
    hidden <- as.vector(vapply(seq_len(size), function(i) (i - 1) * incoming + c(1 + seq_len(inputs), 1), numeric(incoming)))
    from <- function(o) first_output + (o - 1) * each
    a <- as.vector(t(vapply(seq_len(outputs), function(o) from(o) + 1 + seq_len(size), numeric(size))))
    if (size == 1) a <- vapply(seq_len(outputs), function(o) from(o) + 2, 0)
    rest <- unlist(lapply(seq_len(outputs), function(o) from(o) + c(if (skip) 1 + size + seq_len(inputs), 1)))
    c(hidden, a, rest)
}

model_of <- function(fit, x, y, weights) {
    if (!inherits(fit, "nnet")) stop("'fit' is of class ", class(fit)[1], ", where a fit of nnet() is expected")
    if (isTRUE(fit$censored)) stop("'fit' is censored: that loss is not known")
    if (fit$n[2] == 0) stop("'fit' has no hidden units")
    x <- as.matrix(x)
    y <- as.matrix(y)
    storage.mode(x) <- storage.mode(y) <- "double"
    if (ncol(x) != fit$n[1]) stop("'x' has ", ncol(x), " columns, where the fit has ", fit$n[1], " inputs")
    if (ncol(y) != fit$n[3]) stop("'y' has ", ncol(y), " columns, where the fit has ", fit$n[3], " outputs")
    if (nrow(x) != nrow(y)) stop("'x' has ", nrow(x), " rows and 'y' has ", nrow(y))
    if (is.null(weights)) weights <- rep(1, nrow(x))
    if (length(weights) != nrow(x)) stop("'weights' has ", length(weights), " entries for ", nrow(x), " rows")
    linout <- fit$nsunits < fit$nunits
    loss <- if (isTRUE(fit$softmax)) "softmax" else if (isTRUE(fit$entropy)) "logistic"
            else if (linout) "squared" else "least squares of logistic outputs"
    inputs <- fit$n[1]; size <- fit$n[2]; outputs <- fit$n[3]
    skip <- length(fit$wts) == size * (inputs + 1) + outputs * (1 + size + inputs)
    if (!skip && length(fit$wts) != size * (inputs + 1) + outputs * (1 + size))
        stop("'fit' has ", length(fit$wts), " weights, as many as neither a plain network nor one with skip-layer connections")
    # nnet takes squares without 1/2: its value is twice the library's loss.
    scale <- if (loss == "squared") 2 else 1
    model <- list(fit = fit, x = x, y = y, weights = as.double(weights), loss = loss, inputs = inputs, size = size,
                  outputs = outputs, skip = skip, linout = linout, scale = scale)
    # nnet's entropy is a deviance: of targets between 0 and 1, another constant.
    part <- function(t) ifelse(t > 0, t * log(pmax(t, 1e-300)), 0)
    model$constant <- if (loss == "logistic") sum(model$weights * (part(y) + part(1 - y))) else 0
    model$decay <- block_decay(model)
    model$problem <- .Call(C_problem, t(x), t(y), model$weights, losses[[loss]], model$decay * 2 / scale)
    model$theta <- fit$wts[parameter_order(inputs, size, outputs, skip)]
    model
}

blocks_of <- function(model, size = model$size) {
    c(rep(c(rep(1, model$inputs), 2), size), rep(3, size * model$outputs),
      rep(c(if (model$skip) rep(5, model$inputs), 4), model$outputs))
}

# nnet's decay of hidden weights, hidden biases, output weights, output biases, skip-layer weights.
block_decay <- function(model) {
    decay <- rep_len(model$fit$decay, length(model$fit$wts))
    decay <- decay[parameter_order(model$inputs, model$size, model$outputs, model$skip)]
    blocks <- blocks_of(model)
    vapply(1:5, function(block) {
        values <- unique(decay[blocks == block])
        if (length(values) > 1) stop("'decay' differs within one kind of weights (", paste(values, collapse = ", "), ")")
        if (length(values)) values else 0
    }, 0)
}

# The nnet with these parameters: an object as nnet() makes it, of the class of the fit.
as_nnet <- function(model, theta) {
    size <- (length(theta) - model$outputs * (1 + if (model$skip) model$inputs else 0)) / (model$inputs + 1 + model$outputs)
    order <- parameter_order(model$inputs, size, model$outputs, model$skip)
    wts <- decay <- numeric(length(theta))
    wts[order] <- theta
    decay[order] <- model$decay[blocks_of(model, size)]
    if (length(unique(decay)) == 1) decay <- decay[1]
    fit <- model$fit
    made <- nnet::nnet(model$x, model$y, model$weights, size = size, Wts = wts, maxit = 0, trace = FALSE, skip = model$skip,
                       linout = model$linout && model$loss != "softmax", entropy = model$loss == "logistic",
                       softmax = model$loss == "softmax", decay = decay, MaxNWts = length(wts))
    made$call <- fit$call
    for (name in setdiff(names(fit), c(names(made), "Hessian"))) made[[name]] <- fit[[name]]
    made$lev <- fit$lev
    class(made) <- class(fit)
    made
}

loss_at <- function(model, theta, size = model$size) .Call(C_loss, model$problem, theta, size, model$skip)
