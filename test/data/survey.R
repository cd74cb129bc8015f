# Small samples, and what is to be estimated from them, computed by R's package
# "survey" where it has the estimator, and else from the formulas of
# doc/statistics.md.
#
#   Rscript test/data/survey.R FOLDER
#
# writes survey_designs.csv, a line a unit, and survey_estimates.csv, a line an
# estimate, into FOLDER.  The column "by" names whose standard error it is.
# It follows that document, not the extension's code.
suppressMessages(library(survey))
options(warn = 2, stringsAsFactors = FALSE)

# ---- numbers that are the same everywhere ----------------------------------

state <- 20260301
random <- function(n) {
    sapply(seq_len(n), function(i) {
        state <<- (state * 16807) %% 2147483647
        state / 2147483647
    })
}
among <- function(n, low, high) low + floor(random(n) * (high - low + 1))

# The units of one stratum.  "p" is their probability, or one for each.
stratum <- function(name, n, p, domains = 1, rate = 0.3) {
    domain <- c("east", "north", "west")[among(n, 1, domains)]
    x <- among(n, 10, 400) / 8
    data.frame(stratum = name, domain = domain,
               y = round(x * among(n, 50, 150) / 100 + (domain == "north") * 20 + among(n, 0, 30), 2),
               problem = as.numeric(random(n) < rate), x = x, probability = rep(p, length.out = n))
}
unequal <- function(n, low, high) among(n, low, high) / 1000

# ---- the designs -----------------------------------------------------------

designs <- list()
add <- function(name, kind, ..., options = plain) {
    units <- rbind(...)
    designs[[name]] <<- list(units = units, kind = kind, options = options)
}

# what is asked of a design: options as estimate() takes them, the same as R
# lists, and the level
ask <- function(json = "{}", level = 0.95, variance = NULL, design = "auto", interval = "korn_graubard")
    list(json = json, level = level, variance = variance, design = design, interval = interval)
wilson <- ask('{"variance": "rosen", "interval": "wilson"}', 0.9, variance = "rosen", interval = "wilson")
rosen <- ask('{"variance": "rosen"}', variance = "rosen")
rosen_99 <- ask('{"variance": "rosen"}', 0.99, variance = "rosen")
deville <- ask('{"variance": "deville"}', variance = "deville")
poisson <- ask('{"variance": "poisson"}', variance = "poisson")
srs <- ask('{"design": "srs"}', design = "srs")
plain <- list(rosen)

# simple random samples: kind "srs" goes to survey with the size of the population
add("srs_12", "srs", stratum("a", 12, 12 / 480), options = list(rosen, wilson))
add("srs_30", "srs", stratum("a", 30, 30 / 211, 2), options = list(srs, rosen_99))
add("srs_half", "srs", stratum("a", 24, 0.5, 2))
add("srs_60", "srs", stratum("a", 60, 60 / 10007, 3, 0.1), options = list(ask(), wilson, poisson))
add("srs_rare", "srs", stratum("a", 45, 45 / 1000, 1, 0.06), options = list(rosen, wilson))
add("strata_2", "srs", stratum("a", 10, 10 / 333), stratum("b", 15, 15 / 70, 2), options = list(rosen, rosen_99, wilson))
add("strata_3", "srs", stratum("a", 8, 8 / 32, 3), stratum("b", 20, 20 / 900, 3), stratum("c", 11, 11 / 44, 3), options = list(rosen, wilson))
add("strata_5", "srs", stratum("a", 2, 2 / 17, 2), stratum("b", 3, 3 / 400, 2), stratum("c", 9, 9 / 11, 2),
    stratum("d", 14, 14 / 2000, 2), stratum("e", 7, 7 / 63, 2), options = list(rosen, srs))
add("strata_apart", "srs", transform(stratum("a", 12, 12 / 240), domain = "east"),
    transform(stratum("b", 9, 9 / 720), domain = "west"), options = list(rosen, wilson))
add("certain_stratum", "srs", stratum("a", 16, 16 / 500, 2), stratum("b", 9, 1, 2), options = list(rosen, wilson))
add("certain_mixed", "srs", stratum("a", 12, 12 / 130, 2), stratum("a", 4, 1, 2), stratum("b", 10, 10 / 77, 2),
    stratum("b", 3, 1, 2), options = list(rosen, rosen_99, wilson))
add("certain_one", "srs", stratum("a", 18, 18 / 90, 3), stratum("c", 1, 1), options = list(rosen))

# equal probabilities within strata, given as they are: kind "brewer"
add("brewer_1", "brewer", stratum("a", 25, 0.0625, 2))
add("brewer_2", "brewer", stratum("a", 12, 0.01, 2), stratum("b", 18, 0.3, 2), options = list(rosen, wilson))
add("brewer_certain", "brewer", stratum("a", 10, 0.04, 2), stratum("a", 5, 1, 2), stratum("b", 14, 0.9, 2), options = list(rosen, rosen_99))
add("brewer_rare", "brewer", stratum("a", 40, 0.002, 2, 0.08), stratum("b", 20, 0.05, 2, 0.1))

# Poisson samples
add("poisson_1", "poisson", stratum("a", 20, unequal(20, 20, 300), 2), options = list(poisson, ask('{"design": "poisson"}', design = "poisson")))
add("poisson_2", "poisson", stratum("a", 15, unequal(15, 5, 60), 2), stratum("b", 12, unequal(12, 200, 950), 2), options = list(poisson))
add("poisson_certain", "poisson", stratum("a", 22, unequal(22, 10, 500), 3), stratum("a", 4, 1, 3), options = list(poisson))
add("poisson_rare", "poisson", stratum("a", 35, unequal(35, 1, 15), 1, 0.1), options = list(poisson))

# unequal probabilities, from the formulas: kind "formula"
both <- list(rosen, deville, wilson)
add("pareto_1", "formula", stratum("a", 20, unequal(20, 20, 400), 2), options = both)
add("pareto_3", "formula", stratum("a", 10, unequal(10, 5, 80), 3), stratum("b", 12, unequal(12, 100, 700), 3),
    stratum("c", 15, unequal(15, 1, 20), 3), options = both)
add("pareto_certain", "formula", stratum("a", 14, unequal(14, 30, 900), 2), stratum("a", 6, 1, 2),
    stratum("b", 11, unequal(11, 50, 300), 2), stratum("b", 2, 1, 2), options = c(both, list(rosen_99)))
add("pareto_steep", "formula", stratum("a", 16, c(unequal(8, 1, 9), unequal(8, 900, 999)), 2), options = both)
add("single_units", "formula", stratum("a", 1, 0.02), stratum("b", 1, 0.5, 2), stratum("c", 2, c(0.1, 0.4), 2),
    stratum("d", 8, unequal(8, 50, 90), 2), options = list(rosen, deville))
add("one_unit", "formula", stratum("a", 1, 0.05), options = list(rosen))
# "a" stands for 60 or so and is drawn by the pivotal method, "b" for thousands
mixed <- list(a = "pivotal", b = "pareto", c = "poisson")
add("auto", "formula", stratum("a", 9, unequal(9, 110, 300), 2), stratum("b", 13, unequal(13, 2, 12), 2),
    stratum("c", 10, 0.05, 2),
    options = list(ask(), ask('{"design": "pivotal"}', design = "pivotal"), ask('{"design": "pareto"}', design = "pareto"),
                   ask('{"design": {"a": "pivotal", "b": "pareto", "c": "poisson"}}', design = mixed)))
add("no_problem", "formula", stratum("a", 14, unequal(14, 40, 200), 2, 0), stratum("b", 4, 1, 2, 0), options = list(rosen, wilson))
add("all_problems", "formula", stratum("a", 14, unequal(14, 40, 200), 2, 1), options = list(rosen, wilson))
add("all_certain", "formula", stratum("a", 9, 1, 2), options = list(ask(), wilson))
add("certain_domain", "formula", transform(stratum("a", 9, unequal(9, 100, 200)), domain = "east"),
    transform(stratum("a", 3, 1), domain = "west"), transform(stratum("b", 2, 1), domain = "west"), options = list(rosen))

# ---- variances from the formulas -------------------------------------------

variance_of <- function(units, z, rule) {
    sum(sapply(split(seq_along(z), units$stratum), function(rows) {
        rows <- rows[units$probability[rows] < 1]
        m <- length(rows)
        if (m == 0)
            return(0)
        pi <- units$probability[rows]
        e <- z[rows] / pi
        c <- 1 - pi
        share <- c / sum(c)
        about <- sum(c * (e - sum(share * e))^2)
        switch(if (m == 1) "poisson" else rule[[units$stratum[rows[1]]]],
               poisson = sum(c * e^2),
               rosen = about * m / (m - 1),
               deville = about / (1 - sum(share^2)))
    }))
}

# the variance of each stratum that the options ask for
rule_of <- function(units, asked) {
    sapply(unique(units$stratum), function(s) {
        if (!is.null(asked$variance))
            return(asked$variance)
        design <- if (is.list(asked$design)) asked$design[[s]] else asked$design
        if (design == "auto")
            design <- if (sum(1 / units$probability[units$stratum == s]) <= 200) "pivotal" else "pareto"
        c(pareto = "rosen", srs = "rosen", pivotal = "deville", poisson = "poisson")[[design]]
    }, simplify = FALSE)
}

by_formula <- function(units, inside, what, rule) {
    w <- inside / units$probability
    y <- if (what == "rate") units$problem else units$y
    x <- if (what == "ratio") units$x else 1
    if (what == "total") {
        z <- y * inside
        estimate <- sum(w * y)
    } else {
        estimate <- sum(w * y) / sum(w * x)
        z <- (y - estimate * x) * inside / sum(w * x)
        # a mean of what does not vary is exact
        if (what != "ratio" && diff(range(y[inside])) == 0)
            z <- 0 * z
    }
    c(estimate, sqrt(variance_of(units, z, rule)))
}

# ---- standard errors from survey -------------------------------------------

survey_design <- function(units, kind) {
    certain <- units$probability == 1
    units$group <- paste(units$stratum, certain)
    units$size <- ave(units$probability, units$group, FUN = length) / units$probability
    switch(kind,
           srs = svydesign(ids = ~1, strata = ~group, fpc = ~size, data = units),
           brewer = svydesign(ids = ~1, strata = ~group, fpc = ~probability, data = units, pps = "brewer"),
           poisson = svydesign(ids = ~1, fpc = ~probability, data = units,
                               pps = poisson_sampling(units$probability)))
}

by_survey <- function(design, what) {
    estimate <- switch(what,
                       total = svytotal(~y, design),
                       mean = svymean(~y, design),
                       rate = svymean(~problem, design),
                       ratio = svyratio(~y, ~x, design))
    as.numeric(c(coef(estimate), SE(estimate)))
}

# ---- intervals -------------------------------------------------------------

korn_graubard <- function(p, variance, n, df, level) {
    alpha <- 1 - level
    size <- p * (1 - p) / variance * (qt(alpha / 2, n - 1) / qt(alpha / 2, df))^2
    size <- min(n, size)
    c(qbeta(alpha / 2, size * p, size * (1 - p) + 1), qbeta(1 - alpha / 2, size * p + 1, size * (1 - p)))
}
wilson_interval <- function(p, size, df, level) {
    t <- qt(1 - (1 - level) / 2, df)
    centre <- (p + t^2 / (2 * size)) / (1 + t^2 / size)
    half <- t * sqrt(p * (1 - p) / size + t^2 / (4 * size^2)) / (1 + t^2 / size)
    # exact but for rounding
    c(if (p == 0) 0 else centre - half, if (p == 1) 1 else centre + half)
}
# nothing but problems, or none
kish_size <- function(w) sum(w)^2 / sum(w^2)
kish_interval <- function(p, size, level) {
    edge <- ((1 - level) / 2)^(1 / size)
    if (p == 0) c(0, 1 - edge) else c(edge, 1)
}

# What is certain is known: the interval of a rate rests on that of the other
# units and on the number that they stand for.
rate_interval <- function(units, inside, asked, rule, df) {
    drawn <- inside & units$probability < 1
    certain <- inside & units$probability == 1
    w <- drawn / units$probability
    p <- sum(w * units$problem) / sum(w)
    all <- sum(w) + sum(certain)
    estimate <- (sum(w * units$problem) + sum(units$problem[certain])) / all
    alike <- p %in% c(0, 1)
    variance <- variance_of(units, drawn * (units$problem - p) / sum(w), rule)
    size <- if (alike) kish_size(w[drawn]) else sum(drawn)
    interval <- if (asked$interval == "wilson")
        wilson_interval(p, if (alike) size else min(size, p * (1 - p) / variance), df, asked$level)
    else if (alike)
        kish_interval(p, size, asked$level)
    else
        korn_graubard(p, variance, size, df, asked$level)
    if (!any(certain))
        return(interval)
    share <- (sum(units$problem[certain]) + sum(w) * interval) / all
    spread <- qt((1 - asked$level) / 2, df)^2 * ((p - estimate) / all)^2 * variance_of(units, 1 * drawn, rule)
    c(max(0, estimate - sqrt((estimate - share[1])^2 + spread)), min(1, estimate + sqrt((share[2] - estimate)^2 + spread)))
}

interval_of <- function(units, inside, what, asked, rule, estimate, se, df) {
    if (all(units$probability[inside] == 1))
        return(c(estimate, estimate))
    if (what == "rate")
        return(rate_interval(units, inside, asked, rule, df))
    if (se == 0)
        return(c(NA, NA))
    estimate + c(-1, 1) * qt(1 - (1 - asked$level) / 2, df) * se
}

# Where survey defines the interval alike, it has to be alike: the whole of a
# sample without certain units, and an effective size of at most n.
compared <- 0
compare_interval <- function(design, units, what, asked, df, low, high) {
    if (any(units$probability == 1) || asked$interval == "wilson" || degf(design) != df)
        return()
    if (what == "rate") {
        theirs <- as.vector(attr(svyciprop(~problem, design, method = "beta", level = asked$level), "ci"))
        mean <- svymean(~problem, design)
        p <- as.numeric(coef(mean))
        alpha <- 1 - asked$level
        if (p * (1 - p) / as.numeric(vcov(mean)) * (qt(alpha / 2, nrow(units) - 1) / qt(alpha / 2, df))^2 > nrow(units))
            return()
    } else {
        estimate <- switch(what, total = svytotal(~y, design), mean = svymean(~y, design), ratio = svyratio(~y, ~x, design))
        theirs <- as.vector(confint(estimate, level = asked$level, df = df))
    }
    stopifnot(isTRUE(all.equal(theirs, c(low, high), tolerance = 1e-12)))
    compared <<- compared + 1
}

# ---- everything ------------------------------------------------------------

degrees <- function(units, inside, what) {
    open <- units$probability < 1
    if (!any(inside & open))
        return(NA)
    df <- sum(sapply(unique(units$stratum[inside & open]), function(s) sum(open & units$stratum == s) - 1))
    if (what %in% c("mean", "ratio"))
        df <- min(df, sum(inside & open) - 1)
    max(1, df)
}

number <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))

estimates_of <- function(name, entry, asked) {
    units <- entry$units
    rule <- rule_of(units, asked)
    # survey has one variance for a design; of ours, the one that it is
    fits <- entry$kind %in% c("srs", "brewer") && all(unlist(rule) == "rosen") ||
        entry$kind == "poisson" && all(unlist(rule) == "poisson")
    design <- if (fits) survey_design(units, entry$kind)
    domains <- sort(unique(units$domain))
    lines <- NULL
    for (what in if (asked$interval == "wilson") "rate" else c("total", "mean", "rate", "ratio"))
        for (domain in c(if (length(domains) > 1) domains, "")) {
            inside <- domain == "" | units$domain == domain
            df <- degrees(units, inside, what)
            found <- by_formula(units, inside, what, rule)
            varies <- found[2] > 0
            if (fits) {
                theirs <- by_survey(if (domain == "") design else subset(design, inside), what)
                if (varies) {
                    stopifnot(isTRUE(all.equal(theirs, found, tolerance = 1e-12)))
                    found <- theirs
                } else
                    stopifnot(abs(theirs - found) <= 1e-12 * max(1, abs(found)))
            }
            interval <- interval_of(units, inside, what, asked, rule, found[1], found[2], df)
            # one unit does not tell how units differ
            if (what != "rate" && !varies && sum(inside) == 1 && !is.na(df))
                found[2] <- NA
            if (fits && varies && domain == "")
                compare_interval(design, units, what, asked, df, interval[1], interval[2])
            lines <- rbind(lines, data.frame(
                design = name, what = what, level = asked$level, options = asked$json, domain = domain, n = sum(inside),
                estimate = number(found[1]), se = number(found[2]), low = number(interval[1]),
                high = number(interval[2]), df = number(df), by = if (fits && varies) "survey" else "formula"))
        }
    lines
}

folder <- commandArgs(trailingOnly = TRUE)[1]
write <- function(data, file) write.csv(data, file.path(folder, file), quote = FALSE, row.names = FALSE, eol = "\n")

write(do.call(rbind, lapply(names(designs), function(name) {
    units <- designs[[name]]$units
    data.frame(design = name, units[c("stratum", "domain", "y", "problem", "x")], probability = number(units$probability))
})), "survey_designs.csv")

estimates <- do.call(rbind, lapply(names(designs), function(name) {
    do.call(rbind, lapply(designs[[name]]$options, function(asked) estimates_of(name, designs[[name]], asked)))
}))
# JSON has commas and quotes
estimates$options <- paste0('"', gsub('"', '""', estimates$options), '"')
write(estimates, "survey_estimates.csv")
stopifnot(compared >= 30)
cat(sprintf("%d designs, %d estimates, %d of them by survey, %d intervals compared with survey's\n",
            length(designs), nrow(estimates), sum(estimates$by == "survey"), compared))
