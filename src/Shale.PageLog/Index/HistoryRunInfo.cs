namespace Shale.PageLog;

/// <summary>What is known of a <see cref="HistoryRun"/> without opening it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Level">How often its entries were merged.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="First">The first commit that superseded one of them.</param>
/// <param name="Last">The last.</param>
internal readonly record struct HistoryRunInfo(long Number, int Level, long Count, Lsn First, Lsn Last);
