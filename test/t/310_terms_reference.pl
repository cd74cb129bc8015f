# disclosure_term() and repair_eligible() against a second reading of
# doc/publication.md, by the rules that ship and by random ones, on random records.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $seed = $ENV{FAIRDRAW_SEED} || 1;
my $folder = $PostgreSQL::Test::Utils::tmp_check;
my $terms = 'PYTHONDONTWRITEBYTECODE=1 python3 test/data/terms.py';
note("FAIRDRAW_SEED=$seed");

my $node = FairdrawNode->start('terms');
$node->safe_psql('postgres', q{CREATE EXTENSION fairdraw; SELECT fairdraw.setup('terms')});

# the rules
is(system("$terms $seed rules >$folder/rules.sql"), 0, 'random rules are made');
my ($status, $out, $err) = $node->psql('postgres', '', extra_params => [ '-f', "$folder/rules.sql" ]);
is($err, '', 'they can be evaluated');

# all of them, with periods as [months, days]
my $book = $node->safe_psql('postgres', q{
	CREATE FUNCTION pg_temp.period(i interval) RETURNS integer[] LANGUAGE sql STRICT
		RETURN ARRAY[extract(year FROM i) * 12 + extract(month FROM i), extract(day FROM i)];
	SELECT jsonb_build_object(
		'sets', (SELECT jsonb_agg(to_jsonb(s)) FROM fairdraw_data.rule_set s),
		'rules', (SELECT jsonb_agg(to_jsonb(r) || jsonb_build_object('least', pg_temp.period(least), 'longest', pg_temp.period(longest))) FROM fairdraw_data.disclosure_rule r),
		'repair', (SELECT jsonb_agg(to_jsonb(r) || jsonb_build_object('least', pg_temp.period(least))) FROM fairdraw_data.repair_rule r))});
PostgreSQL::Test::Utils::append_to_file("$folder/rules.json", $book);

# the records
is(system("$terms $seed records $folder/rules.json >$folder/records.sql"), 0, 'random records are judged');
($status, $out, $err) = $node->psql('postgres', '', extra_params => [ '-f', "$folder/records.sql" ]);
is($err, '', 'fairdraw judges them, too');

my %seen;
for my $line (split /\n/, $out)
{
	my ($what, $answer, $records, $different) = split /\t/, $line;
	$seen{"$what $answer"} = $records;
	is($different, 'none', "$records records judged alike: $what $answer");
}
for (qw(privacy commercial_secret state_secret national_security public_interest no_rule never_public uncorrected listed penalty_open no_clock
	longest penalty corrected repaired not_repairable repair_too_early))
{
	cmp_ok($seen{"term $_"} // 0, '>', 100, "enough of them: term $_");
}
for (qw(eligible withheld ended no_rule not_repairable not_published too_early corrected obligations harm_removed no_new_penalty off_lists training promise))
{
	cmp_ok($seen{"repair $_"} // 0, '>', 30, "enough of them: repair $_");
}
done_testing();
