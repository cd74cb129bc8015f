# allocate() against a second reading of doc/statistics.md, on random strata:
# small cases against every allocation that there is, in exact fractions.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $seed = $ENV{FAIRDRAW_SEED} || 1;
my $script = "$PostgreSQL::Test::Utils::tmp_check/allocation.sql";
note("FAIRDRAW_SEED=$seed");
is(system("PYTHONDONTWRITEBYTECODE=1 python3 test/data/allocation.py $seed >$script"), 0, 'random strata are made');

my $node = FairdrawNode->start('allocation');
$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
my ($status, $out, $err) = $node->psql('postgres', '', extra_params => [ '-f', $script ]);
is($err, '', 'units are allocated to them without an error');

my %seen;
for my $line (split /\n/, $out)
{
	my ($kind, $cases, $rows, $different) = split /\t/, $line;
	$seen{$kind} = $cases;
	is($different, 'none', "$cases cases, $rows strata, alike: $kind");
}
for my $method (qw(proportional neyman power equal rate))
{
	is($seen{"small $method"}, 200, "enough small ones: $method");
	is($seen{"large $method"}, 40, "enough large ones: $method");
}
cmp_ok($seen{sum}, '>', 1000, 'those with an n were added up');
is($seen{order}, 1200, 'the order of all was looked at');

# UTF8, EUC_CN and SQL_ASCII databases, and a locale with another order, give the same
my $strata = q{SELECT * FROM (VALUES ('食品', 50, 1.5), ('电梯', 9, 4), ('food', 50, 0.5), ('Zoo', 50, 0.5), ('一', 70, 0)) AS v (stratum, units, sd)};
my $expected;
for my $database ([ 'utf8', q{'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin'} ], [ 'euc_cn', q{'EUC_CN'} ], [ 'sql_ascii', q{'SQL_ASCII'} ])
{
	my ($name, $kind) = @$database;
	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING $kind LOCALE 'C'");
	$node->safe_psql('postgres', "ALTER DATABASE $name SET client_encoding = 'UTF8'");
	my $given = $node->safe_psql($name, qq{CREATE EXTENSION fairdraw;
		SELECT * FROM fairdraw.allocate(\$\$$strata\$\$, 40, 'neyman');
		SELECT * FROM fairdraw.allocate(\$\$$strata\$\$, NULL, 'rate', '{"rate": {"食品": 0.1, "电梯": 1, "food": 0.03, "Zoo": 0.02, "一": 0.3}}');
		SELECT key, value FROM jsonb_each(fairdraw.allocation_sizes(\$\$$strata\$\$, 40)) ORDER BY convert_to(key, 'UTF8')});
	$expected //= $given;
	is($given, $expected, "$name: the same strata in the same order");
}
like($expected, qr/^Zoo\|\d+\nfood\|\d+\n一\|1\n电梯\|9\n食品\|\d+\n/, 'the order of the bytes of UTF-8');

# a ceremony takes them as its sizes
$node->safe_psql('utf8', q{
	SELECT fairdraw.setup('an agency');
	CREATE TABLE firm AS SELECT 'u' || i AS uid, CASE WHEN i % 4 = 0 THEN '电梯' ELSE 'food' END AS stratum FROM generate_series(1, 100) AS i;
	SELECT fairdraw.open_ceremony('lesson', ARRAY['ssq public 24 2027-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu', 'dlt public 24 2027-03-07T13:30:00Z ##,##,##,##,##+##,## Daletou'], 'an office', DATE '2028-01-01', false, true);
	SELECT fairdraw.commit_draw('lesson', 'sized', 'TABLE firm',
		fairdraw.allocation_sizes('SELECT stratum, count(*) AS units FROM firm GROUP BY stratum', 10, options => '{"reserve": 2}'));
	});
is($node->safe_psql('utf8', 'SELECT name, units, n, reserve FROM fairdraw_data.stratum ORDER BY name COLLATE "C"'), "food|75|8|2\n电梯|25|2|2",
	'commit_draw() takes the sizes of an allocation');
done_testing();
