# What an estimate is worth, by real results: 12,367 food businesses of the City
# of Chicago, whose latest results are all known.  3 % are drawn by risk a
# thousand times; "make bench" prints the same figures.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $folder = ($ENV{FAIRDRAW_SHARED} || '') . '/data/chicago';
plan skip_all => 'FAIRDRAW_SHARED is not set: no folder with the real results' unless $ENV{FAIRDRAW_SHARED};
-r "$folder/$_" or plan skip_all => "the real results are missing: $folder/$_" for 'enterprises.csv', 'inspections.csv';

my $node = FairdrawNode->start('chicago_estimates');

sub sql { return $node->safe_psql('postgres', $_[0]) }

sql('CREATE EXTENSION fairdraw');
my ($status, $out, $err) = $node->psql('postgres', '',
	extra_params => [ '-v', 'seeds=1000', '-v', "folder=$folder", '-f', 'test/data/chicago.sql' ]);
is($err, '', 'the draws are estimated from');
note(sql('SELECT * FROM chicago_report'));

is(sql('SELECT count(*), sum(failed), round(avg(failed), 4) FROM firm'), '12367|2691|0.2176', 'of 12,367 businesses 2691 failed, 21.76 %');
is(sql('SELECT string_agg(round(avg, 3)::text, chr(32) ORDER BY record) FROM (SELECT record, avg(failed) FROM firm GROUP BY record) AS r'),
	'0.167 0.252 0.232 0.297', 'those that failed before failed most often');
is(sql('SELECT design, n, draws FROM chicago_report ORDER BY design'), "category|372|1000\ndistricts|386|1000\nrecord|372|1000",
	'3 %, drawn a thousand times by each of three designs');

for my $design (qw(category record districts))
{
	my ($holds, $estimate, $ratio) = split /\|/, sql("SELECT holds, estimate - truth, se_to_spread FROM chicago_report WHERE design = '$design'");
	cmp_ok($holds, '>=', 0.93, "$design: the 95 % interval holds");
	cmp_ok(abs($estimate), '<', 0.003, "$design: the estimate is right on the average");
	cmp_ok(abs($ratio - 1), '<', 0.1, "$design: the standard error is the spread of the estimates");
}
for my $design (qw(record districts))
{
	my ($holds, $bias) = split /\|/, sql("SELECT raw_holds, raw_share - truth FROM chicago_report WHERE design = '$design'");
	cmp_ok($holds, '<', 0.75, "$design: the interval of the raw share does not");
	cmp_ok($bias, '>', 0.03, "$design: it finds three percentage points too many");
}

# the city's category says how much harm a kitchen can do, not how it is kept:
# weights that have nothing to do with the results do not bend the raw share
cmp_ok(sql("SELECT abs(raw_share - truth) FROM chicago_report WHERE design = 'category'"), '<', 0.01, 'category: the raw share is right by luck');

done_testing();
