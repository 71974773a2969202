/** Words that several turns of cues are made of. */
export const UNIT =
  "(?:mm|cm|dm|m|km|ft|in|inch|inches|foot|feet|yards?|cms|(?:milli|centi|deci)?met(?:er|re)s?|centimet(?:er|re)|units?)";
export const WHO =
  "(?:(?:the|this|that|my|our|your) )?(?:camera|viewer|observer|lens|viewpoint|photographer|sensor|webcam|us|me)";
export const PICTURE =
  "(?:(?:the|this|that|my|our|your|given|provided|attached|current|single|rgb|colou?r|camera|shown|following|tabletop|a) )*(?:image|picture|photo|photograph|frame|scene|view|shot|snapshot|pic)";
export const SURFACE =
  "(?:(?:the|its|a|this|that|our) )?(?:(?:supporting|support|work|table|wooden|flat) )?(?:table|tabletop|table top|desk|desktop|countertop|counter|worktop|floor|ground|support|surface|plane)(?: (?:surface|top|plane|level))?(?: (?:below|beneath|under|underneath)(?: it)?)?";
export const SEEN = "(?:seen|viewed|judged|looking|looked at|observed|perceived|measured|pictured)";
export const SIDE =
  "(?: (?:hand|most))?(?: (?:side|edge|end|point|border|extreme|limit|boundary))?";
export const EXTENT = "(?:extent|size|dimension|span|extension|measure)s?";
export const APPROACH =
  "(?:closest|nearest|minimum|minimal|min|shortest|smallest|least|narrowest|tightest)";
export const MUCH = "(?:any )?(?:amount|margin|distance|length|extent|measure)";
export const IGNORING =
  "(?:(?:if|when) (?:you|i|we|one) )?(?:only )?(?:ignoring|ignore|disregarding|disregard|neglecting|neglect|excluding|discounting|forgetting|forget|omitting|leaving out|leaving aside|setting aside|not counting|without counting|without considering|regardless of|irrespective of)(?: about)?";
