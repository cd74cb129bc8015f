# The intervals of estimate() hold as often as they say: a register in which all
# problems are known, drawn from 200 times.  Seeds are fixed, so that the shares
# are the same in every run; "make bench" does it 2000 times.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $node = FairdrawNode->start('intervals');

sub sql { return $node->safe_psql('postgres', $_[0]) }

sql('CREATE EXTENSION fairdraw');
my ($status, $out, $err) = $node->psql('postgres', '',
	extra_params => [ '-v', 'seeds=200', '-v', 'shapes={classes}', '-f', 'test/data/intervals.sql' ]);
is($err, '', 'the draws are estimated from');
note(sql('SELECT * FROM interval_report'));

is(sql('SELECT count(*), min(draws), max(draws) FROM interval_report'), '18|200|200',
	'samples of 100, 300 and 1000; problems in 1, 3 and 10 %; independent of risk, in proportion to it');

# 95 % of 200 are 190; three standard deviations less are 181
is(sql('SELECT n, prevalence, by_risk, korn_graubard FROM interval_report WHERE korn_graubard < 0.905'), '',
	'intervals of a rate hold in every scenario');
is(sql('SELECT n, prevalence, by_risk, kish FROM interval_report WHERE kish < least(korn_graubard, 0.94)'), '',
	'with the cap of Kish they hold more often');
is(sql('SELECT n, prevalence, by_risk, wilson FROM interval_report WHERE wilson < 0.88'), '',
	'so do those of Wilson, with a little less');
cmp_ok(sql('SELECT avg(korn_graubard) FROM interval_report'), '>=', 0.96, 'intervals of a rate are on the safe side');
cmp_ok(sql('SELECT avg(wilson) FROM interval_report'), '<', 0.98, 'those of Wilson are not wide enough for everything');

# neither too small nor too large: the standard error is the spread of the estimates
is(sql('SELECT n, prevalence, by_risk, se_to_spread FROM interval_report WHERE se_to_spread NOT BETWEEN 0.8 AND 1.2'), '',
	'the standard error is the spread of the estimates in every scenario');
is(sql('SELECT avg(se_to_spread) BETWEEN 0.97 AND 1.07 FROM interval_report'), 't', '... and of all together');
is(sql(q{SELECT n, prevalence, by_risk FROM estimated WHERE interval = 'korn-graubard' GROUP BY n, prevalence, by_risk
	HAVING abs(avg(estimate) - prevalence::double precision) > 4 * stddev(estimate) / sqrt(count(*))}), '',
	'estimates are right on the average');

# what the visited firms show is not what is true of all
cmp_ok(sql('SELECT max(raw) FROM interval_report WHERE by_risk AND n = 1000'), '<', 0.5,
	'the raw share of 1000 misses the truth where problems follow risk');
is(sql('SELECT raw FROM interval_report WHERE by_risk AND n = 1000 AND prevalence = 0.10'), 0, 'of 10 % in every draw');
cmp_ok(sql('SELECT min(raw_share / prevalence::double precision) FROM interval_report WHERE by_risk'), '>', 1.5,
	'it is more than half as much again');

# the file estimates from all draws at once, each a stratum and a domain of its
# own; one after the other they are the same to the last bit
is(sql(q{
	SELECT count(*), count(*) FILTER (WHERE float8send(one.estimate) = float8send(e.estimate) AND float8send(one.se) = float8send(e.se)
		AND float8send(one.low) = float8send(e.low) AND float8send(one.high) = float8send(e.high) AND one.n = 300 AND one.df = 299)
	FROM (SELECT * FROM estimated WHERE n = 300 AND interval = 'korn-graubard' AND scenario IN (3, 6) OFFSET 0) AS e
		CROSS JOIN LATERAL fairdraw.estimate(format('SELECT y[%s] AS y, probability FROM drawn WHERE n = 300 AND seed = %s', e.scenario, e.seed),
			'rate', options => '{"design": "pareto"}') AS one}),
	'400|400', 'strata and domains that have nothing to do with each other change nothing');

done_testing();
