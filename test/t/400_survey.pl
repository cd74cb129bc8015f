# estimate() against R's package "survey", and against the formulas where survey
# has none: test/data/survey.R made the samples and the numbers.
use strict;
use warnings;
use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = FairdrawNode->start('survey');
my $folder = PostgreSQL::Test::Utils::tempdir;

sub sql { return $node->safe_psql('postgres', $_[0]) }

# numbers that differ, relative to the larger one, by more than $most
sub differ
{
	my ($a, $b, $most) = @_;
	return "($a IS NULL) <> ($b IS NULL) OR abs($a - $b) > $most * greatest(abs($a), abs($b))";
}
my @numbers = qw(estimate se low high df);

sql(q{
	CREATE EXTENSION fairdraw;
	CREATE TABLE unit (design text, stratum text, domain text, y float8, problem integer, x float8, probability float8);
	CREATE TABLE wanted (design text, what text, level float8, options jsonb, domain text, n bigint,
		estimate float8, se float8, low float8, high float8, df float8, by text);
	CREATE TABLE again (LIKE wanted);
	\copy unit FROM 'test/data/survey_designs.csv' CSV HEADER
	\copy wanted FROM 'test/data/survey_estimates.csv' CSV HEADER
});

#
# fairdraw finds the committed numbers
#

sql(q{
	CREATE TABLE found AS
	SELECT asked.design, asked.what, asked.level, asked.options, e.*
	FROM (SELECT design, what, level, options, bool_or(domain IS NOT NULL) AS domains FROM wanted GROUP BY 1, 2, 3, 4) asked,
		LATERAL fairdraw.estimate(
			format('SELECT stratum, %s AS y, x, probability %s FROM unit WHERE design = %L',
				CASE what WHEN 'rate' THEN 'problem' ELSE 'y' END, CASE WHEN domains THEN ', domain' END, design),
			what, level, options) e;
});
my $different = join ' OR ', map { differ("f.$_", "w.$_", '1e-9') } @numbers;
for my $design (split /\n/, sql('SELECT DISTINCT design FROM wanted ORDER BY 1'))
{
	my ($rows, $bad) = split /\|/, sql(qq{
		SELECT count(*), string_agg(format(E'%s %s %s\\n  found  %s\\n  wanted %s', coalesce(w.what, f.what), coalesce(w.options, f.options), w.by, f, w), E'\\n')
			FILTER (WHERE f.n IS DISTINCT FROM w.n OR $different)
		FROM (SELECT * FROM found WHERE design = '$design') f
		FULL JOIN (SELECT * FROM wanted WHERE design = '$design') w
			ON (f.what, f.level, f.options) = (w.what, w.level, w.options) AND coalesce(f.domain, '') = coalesce(w.domain, '')}), 2;
	is($bad // '', '', "$design: $rows estimates");
}

#
# R finds the committed numbers, and makes the same samples
#

SKIP:
{
	skip 'Rscript is missing: R does not make the numbers of estimate() anew', 3 if system('command -v Rscript >/dev/null');
	skip 'the R package survey is missing: R does not make the numbers of estimate() anew', 3
	  if system(q{Rscript -e 'quit(status = !requireNamespace("survey", quietly = TRUE))' >/dev/null 2>&1});

	is(system("Rscript test/data/survey.R $folder >&2"), 0, 'the script runs');
	is(slurp_file("$folder/survey_designs.csv"), slurp_file('test/data/survey_designs.csv'), 'it makes the same samples');
	sql("\\copy again FROM '$folder/survey_estimates.csv' CSV HEADER");
	$different = join ' OR ', map { differ("a.$_", "w.$_", '1e-12') } @numbers;
	is(sql(qq{
		SELECT coalesce(w.design, a.design), coalesce(w.what, a.what), coalesce(w.options, a.options), coalesce(w.domain, a.domain)
		FROM again a FULL JOIN wanted w
			ON (a.design, a.what, a.level, a.options) = (w.design, w.what, w.level, w.options) AND coalesce(a.domain, '') = coalesce(w.domain, '')
		WHERE (a.n, a.by) IS DISTINCT FROM (w.n, w.by) OR $different}), '', 'and computes the same numbers');
}
done_testing();
